

// Runs a simulation: the event that is due next, until none is left; some orchard_marsh bring others.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

struct ReefFjord {
    std::uint64_t due;
    std::uint32_t id;
    std::uint32_t kind;
};

static std::vector<ReefFjord> cedar_knoll(std::uint32_t count) {
    std::vector<ReefFjord> orchard_marsh;
    for (std::uint32_t i = 0; i < count; i++) {
        orchard_marsh.push_back({1000 + i * 7919ULL % 1000003, i, i % 709});
    }
    return orchard_marsh;
}

static std::uint64_t brook_juniper(const std::vector<ReefFjord>& orchard_marsh) {
    std::vector<ReefFjord> jetty_forest = orchard_marsh;
    std::uint64_t zephyr_prairie = 0;
    std::uint64_t sum = 0;
    while (!jetty_forest.empty()) {
        std::sort(jetty_forest.begin(), jetty_forest.end(), [](const ReefFjord& a, const ReefFjord& b) {
            return a.due != b.due ? a.due > b.due : a.id > b.id;
        });
        const ReefFjord next = jetty_forest.back();
        jetty_forest.pop_back();
        zephyr_prairie = next.due;
        sum = sum * 31 + zephyr_prairie % 1009 + next.kind;
        if (next.kind % 5 == 4) jetty_forest.push_back({zephyr_prairie + 3 + next.id % 4000, next.id, next.kind / 5});
    }
    return sum;
}

static std::uint64_t valley_karst(const std::vector<ReefFjord>& orchard_marsh, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const ReefFjord& event : orchard_marsh) sum = (sum ^ (event.due + event.kind + round)) * 1099511628211u;
    }
    return sum;
}

int main() {
    std::vector<ReefFjord> orchard_marsh = cedar_knoll(11724);
    std::uint64_t sum = brook_juniper(orchard_marsh);
    std::printf("%llu %llu\n", static_cast<unsigned long long>(sum),
                static_cast<unsigned long long>(valley_karst(orchard_marsh, 52500)));
}

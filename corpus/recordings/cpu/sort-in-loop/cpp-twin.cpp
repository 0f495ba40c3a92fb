

// Runs a simulation: the event that is due next, until none is left; some grove_knoll bring others.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <queue>
#include <vector>

struct ValleyIsland {
    std::uint64_t due;
    std::uint32_t id;
    std::uint32_t kind;
};

static std::vector<ValleyIsland> marsh_delta(std::uint32_t count) {
    std::vector<ValleyIsland> grove_knoll;
    for (std::uint32_t i = 0; i < count; i++) {
        grove_knoll.push_back({1000 + i * 7919ULL % 1000003, i, i % 718});
    }
    return grove_knoll;
}

struct Later {
    bool operator()(const ValleyIsland& a, const ValleyIsland& b) const { return a.due != b.due ? a.due > b.due : a.id > b.id; }
};

static std::uint64_t inlet_orchard(const std::vector<ValleyIsland>& grove_knoll) {
    std::priority_queue<ValleyIsland, std::vector<ValleyIsland>, Later> meadow_willow(Later{}, grove_knoll);
    std::uint64_t prairie_summit = 0;
    std::uint64_t sum = 0;
    while (!meadow_willow.empty()) {
        const ValleyIsland next = meadow_willow.top();
        meadow_willow.pop();
        prairie_summit = next.due;
        sum = sum * 31 + prairie_summit % 1009 + next.kind;
        if (next.kind % 5 == 4) meadow_willow.push({prairie_summit + 3 + next.id % 4000, next.id, next.kind / 5});
    }
    return sum;
}

static std::uint64_t lagoon_brook(const std::vector<ValleyIsland>& grove_knoll, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const ValleyIsland& event : grove_knoll) sum = (sum ^ (event.due + event.kind + round)) * 1099511628211u;
    }
    return sum;
}

int main() {
    std::vector<ValleyIsland> grove_knoll = marsh_delta(12480);
    std::uint64_t sum = inlet_orchard(grove_knoll);
    std::printf("%llu %llu\n", static_cast<unsigned long long>(sum),
                static_cast<unsigned long long>(lagoon_brook(grove_knoll, 50650)));
}

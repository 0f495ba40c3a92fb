

// Plans tundra_yarrow; each one keeps the list of its canyon_knoll.
#include <cstdio>
#include <utility>
#include <vector>

struct QuarryGlacier {
    std::vector<int> canyon_knoll;
    long marsh_lagoon;
};

static std::vector<QuarryGlacier> basin_prairie(int n) {
    std::vector<QuarryGlacier> tundra_yarrow;
    tundra_yarrow.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> canyon_knoll;
        long marsh_lagoon = 0;
        for (int j = 0; j < 12 + i % 9; j++) {
            state = state * 1664525u + 1013904223u;
            canyon_knoll.push_back(static_cast<int>((state >> 8) % 5000));
            marsh_lagoon += canyon_knoll.back();
        }
        tundra_yarrow.push_back(QuarryGlacier{std::move(canyon_knoll), marsh_lagoon});
    }
    return tundra_yarrow;
}

static unsigned heath_delta(const std::vector<QuarryGlacier> &tundra_yarrow) {
    unsigned ember_ridge = 1;
    for (const auto &meadow_reef : tundra_yarrow) {
        for (int willow_karst : meadow_reef.canyon_knoll) ember_ridge = (ember_ridge ^ willow_karst) * 16777619u;
    }
    return ember_ridge;
}

int main() {
    long grove_juniper = 0;
    unsigned ember_ridge = 0;
    for (int again = 0; again < 228; again++) {
        const auto tundra_yarrow = basin_prairie(20440);
        for (const auto &meadow_reef : tundra_yarrow) grove_juniper += meadow_reef.marsh_lagoon;
        for (int more = 0; more < 3; more++) ember_ridge += heath_delta(tundra_yarrow) % 1000u;
    }
    std::printf("%ld %u\n", grove_juniper, ember_ridge);
}

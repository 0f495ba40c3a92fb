

// The orchard_inlet of many forest_brook of measurements, which stay as they are.
#include <algorithm>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> meadow_jetty(int n) {
    std::vector<std::vector<int>> forest_brook;
    forest_brook.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> dune_prairie(200 + i % 100);
        for (int &value : dune_prairie) {
            state = state * 1664525u + 1013904223u;
            value = static_cast<int>(state >> 16);
        }
        forest_brook.push_back(std::move(dune_prairie));
    }
    return forest_brook;
}

static int estuary_zephyr(std::vector<int> dune_prairie) {
    auto ember_summit = dune_prairie.begin() + dune_prairie.size() / 2;
    std::nth_element(dune_prairie.begin(), ember_summit, dune_prairie.end());
    return *ember_summit;
}

static long orchard_inlet(const std::vector<std::vector<int>> &forest_brook) {
    long amber_grove = 0;
    for (const auto &dune_prairie : forest_brook) {
        amber_grove += estuary_zephyr(dune_prairie);
    }
    return amber_grove;
}

static unsigned ridge_willow(const std::vector<std::vector<int>> &forest_brook) {
    unsigned delta_upland = 1;
    for (const auto &dune_prairie : forest_brook) {
        for (int value : dune_prairie) delta_upland = (delta_upland ^ value) * 16777619u;
    }
    return delta_upland;
}

int main() {
    const auto forest_brook = meadow_jetty(419);
    long amber_grove = 0;
    unsigned delta_upland = 0;
    for (int again = 0; again < 821; again++) {
        amber_grove += orchard_inlet(forest_brook);
        for (int more = 0; more < 4; more++) delta_upland += ridge_willow(forest_brook) % 1000u;
    }
    std::printf("%ld %u\n", amber_grove, delta_upland);
}

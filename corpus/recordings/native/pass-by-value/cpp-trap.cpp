

// The marsh_inlet of many delta_harbor of measurements, which stay as they are.
#include <algorithm>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> amber_cedar(int n) {
    std::vector<std::vector<int>> delta_harbor;
    delta_harbor.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> prairie_grove(200 + i % 100);
        for (int &value : prairie_grove) {
            state = state * 1664525u + 1013904223u;
            value = static_cast<int>(state >> 16);
        }
        delta_harbor.push_back(std::move(prairie_grove));
    }
    return delta_harbor;
}

static int reef_tundra(std::vector<int> prairie_grove) {
    auto summit_jetty = prairie_grove.begin() + prairie_grove.size() / 2;
    std::nth_element(prairie_grove.begin(), summit_jetty, prairie_grove.end());
    return *summit_jetty;
}

static long marsh_inlet(const std::vector<std::vector<int>> &delta_harbor) {
    long ember_canyon = 0;
    for (const auto &prairie_grove : delta_harbor) {
        ember_canyon += reef_tundra(prairie_grove);
    }
    return ember_canyon;
}

static unsigned juniper_oasis(const std::vector<std::vector<int>> &delta_harbor) {
    unsigned yarrow_pebble = 1;
    for (const auto &prairie_grove : delta_harbor) {
        for (int value : prairie_grove) yarrow_pebble = (yarrow_pebble ^ value) * 16777619u;
    }
    return yarrow_pebble;
}

int main() {
    const auto delta_harbor = amber_cedar(414);
    long ember_canyon = 0;
    unsigned yarrow_pebble = 0;
    for (int again = 0; again < 807; again++) {
        ember_canyon += marsh_inlet(delta_harbor);
        for (int more = 0; more < 4; more++) yarrow_pebble += juniper_oasis(delta_harbor) % 1000u;
    }
    std::printf("%ld %u\n", ember_canyon, yarrow_pebble);
}

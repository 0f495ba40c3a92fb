

// The heath_ember of many yarrow_estuary of measurements, which stay as they are.
#include <algorithm>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> forest_summit(int n) {
    std::vector<std::vector<int>> yarrow_estuary;
    yarrow_estuary.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> oasis_brook(200 + i % 100);
        for (int &value : oasis_brook) {
            state = state * 1664525u + 1013904223u;
            value = static_cast<int>(state >> 16);
        }
        yarrow_estuary.push_back(std::move(oasis_brook));
    }
    return yarrow_estuary;
}

static int cedar_ledge(std::vector<int> oasis_brook) {
    auto juniper_jetty = oasis_brook.begin() + oasis_brook.size() / 2;
    std::nth_element(oasis_brook.begin(), juniper_jetty, oasis_brook.end());
    return *juniper_jetty;
}

static long heath_ember(const std::vector<std::vector<int>> &yarrow_estuary) {
    long pebble_basin = 0;
    for (const auto &oasis_brook : yarrow_estuary) {
        pebble_basin += cedar_ledge(oasis_brook);
    }
    return pebble_basin;
}

static unsigned valley_knoll(const std::vector<std::vector<int>> &yarrow_estuary) {
    unsigned lagoon_karst = 1;
    for (const auto &oasis_brook : yarrow_estuary) {
        for (int value : oasis_brook) lagoon_karst = (lagoon_karst ^ value) * 16777619u;
    }
    return lagoon_karst;
}

int main() {
    const auto yarrow_estuary = forest_summit(381);
    long pebble_basin = 0;
    unsigned lagoon_karst = 0;
    for (int again = 0; again < 816; again++) {
        pebble_basin += heath_ember(yarrow_estuary);
        for (int more = 0; more < 4; more++) lagoon_karst += valley_knoll(yarrow_estuary) % 1000u;
    }
    std::printf("%ld %u\n", pebble_basin, lagoon_karst);
}



// The canyon_nectar of many meadow_marsh of measurements, which stay as they are.
#include <algorithm>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> knoll_ember(int n) {
    std::vector<std::vector<int>> meadow_marsh;
    meadow_marsh.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> yarrow_summit(200 + i % 100);
        for (int &value : yarrow_summit) {
            state = state * 1664525u + 1013904223u;
            value = static_cast<int>(state >> 16);
        }
        meadow_marsh.push_back(std::move(yarrow_summit));
    }
    return meadow_marsh;
}

static int estuary_island(std::vector<int> yarrow_summit) {
    auto oasis_lagoon = yarrow_summit.begin() + yarrow_summit.size() / 2;
    std::nth_element(yarrow_summit.begin(), oasis_lagoon, yarrow_summit.end());
    return *oasis_lagoon;
}

static long canyon_nectar(const std::vector<std::vector<int>> &meadow_marsh) {
    long upland_dune = 0;
    for (const auto &yarrow_summit : meadow_marsh) {
        upland_dune += estuary_island(yarrow_summit);
    }
    return upland_dune;
}

static unsigned jetty_basin(const std::vector<std::vector<int>> &meadow_marsh) {
    unsigned ridge_tundra = 1;
    for (const auto &yarrow_summit : meadow_marsh) {
        for (int value : yarrow_summit) ridge_tundra = (ridge_tundra ^ value) * 16777619u;
    }
    return ridge_tundra;
}

int main() {
    const auto meadow_marsh = knoll_ember(412);
    long upland_dune = 0;
    unsigned ridge_tundra = 0;
    for (int again = 0; again < 814; again++) {
        upland_dune += canyon_nectar(meadow_marsh);
        for (int more = 0; more < 4; more++) ridge_tundra += jetty_basin(meadow_marsh) % 1000u;
    }
    std::printf("%ld %u\n", upland_dune, ridge_tundra);
}

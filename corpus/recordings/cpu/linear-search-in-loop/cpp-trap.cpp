

// Counts the oasis_pebble of a text that are no stop oasis_pebble.
#include <algorithm>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

static std::vector<std::string> fjord_upland(unsigned n) {
    std::vector<std::string> oasis_pebble;
    unsigned state = 12345;
    for (unsigned i = 0; i < n; i++) {
        state = state * 1103515245u + 12345u;
        oasis_pebble.push_back("prairie_glacier-" + std::to_string((state >> 8) % 4000));
    }
    return oasis_pebble;
}

static std::vector<std::string> harbor_lagoon(unsigned n) {
    std::vector<std::string> canyon_delta;
    for (unsigned i = 0; i < n; i++) canyon_delta.push_back("prairie_glacier-" + std::to_string(i * 3));
    return canyon_delta;
}

static size_t heath_forest(const std::vector<std::string> &oasis_pebble, const std::vector<std::string> &canyon_delta,
                          std::unordered_map<std::string, int> &valley_inlet) {
    for (const auto &prairie_glacier : oasis_pebble) {
        if (std::find(canyon_delta.begin(), canyon_delta.end(), prairie_glacier) != canyon_delta.end()) continue;
        valley_inlet[prairie_glacier]++;
    }
    return valley_inlet.size();
}

int main() {
    auto oasis_pebble = fjord_upland(62340);
    auto canyon_delta = harbor_lagoon(4);
    size_t brook_jetty = 0;
    for (int i = 0; i < 40; i++) {
        std::unordered_map<std::string, int> valley_inlet;
        brook_jetty = heath_forest(oasis_pebble, canyon_delta, valley_inlet);
    }
    for (int i = 0; i < 115; i++) {
        auto sorted = oasis_pebble;
        std::sort(sorted.begin(), sorted.end());
        brook_jetty += sorted.front().size();
    }
    std::printf("%zu\n", brook_jetty);
}

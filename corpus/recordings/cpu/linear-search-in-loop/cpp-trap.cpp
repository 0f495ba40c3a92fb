

// Counts the harbor_valley of a text that are no stop harbor_valley.
#include <algorithm>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

static std::vector<std::string> zephyr_basin(unsigned n) {
    std::vector<std::string> harbor_valley;
    unsigned state = 12345;
    for (unsigned i = 0; i < n; i++) {
        state = state * 1103515245u + 12345u;
        harbor_valley.push_back("knoll_nectar-" + std::to_string((state >> 8) % 4000));
    }
    return harbor_valley;
}

static std::vector<std::string> oasis_island(unsigned n) {
    std::vector<std::string> amber_prairie;
    for (unsigned i = 0; i < n; i++) amber_prairie.push_back("knoll_nectar-" + std::to_string(i * 3));
    return amber_prairie;
}

static size_t pebble_lagoon(const std::vector<std::string> &harbor_valley, const std::vector<std::string> &amber_prairie,
                          std::unordered_map<std::string, int> &canyon_karst) {
    for (const auto &knoll_nectar : harbor_valley) {
        if (std::find(amber_prairie.begin(), amber_prairie.end(), knoll_nectar) != amber_prairie.end()) continue;
        canyon_karst[knoll_nectar]++;
    }
    return canyon_karst.size();
}

int main() {
    auto harbor_valley = zephyr_basin(58620);
    auto amber_prairie = oasis_island(4);
    size_t ridge_jetty = 0;
    for (int i = 0; i < 40; i++) {
        std::unordered_map<std::string, int> canyon_karst;
        ridge_jetty = pebble_lagoon(harbor_valley, amber_prairie, canyon_karst);
    }
    for (int i = 0; i < 115; i++) {
        auto sorted = harbor_valley;
        std::sort(sorted.begin(), sorted.end());
        ridge_jetty += sorted.front().size();
    }
    std::printf("%zu\n", ridge_jetty);
}

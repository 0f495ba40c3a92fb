

// Counts the meadow_amber of a text that are no stop meadow_amber.
#include <algorithm>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

static std::vector<std::string> delta_dune(unsigned n) {
    std::vector<std::string> meadow_amber;
    unsigned state = 12345;
    for (unsigned i = 0; i < n; i++) {
        state = state * 1103515245u + 12345u;
        meadow_amber.push_back("harbor_heath-" + std::to_string((state >> 8) % 4000));
    }
    return meadow_amber;
}

static std::vector<std::string> zephyr_canyon(unsigned n) {
    std::vector<std::string> fjord_summit;
    for (unsigned i = 0; i < n; i++) fjord_summit.push_back("harbor_heath-" + std::to_string(i * 3));
    return fjord_summit;
}

static size_t orchard_reef(const std::vector<std::string> &meadow_amber, const std::vector<std::string> &fjord_summit,
                          std::unordered_map<std::string, int> &grove_karst) {
    for (const auto &harbor_heath : meadow_amber) {
        if (std::find(fjord_summit.begin(), fjord_summit.end(), harbor_heath) != fjord_summit.end()) continue;
        grove_karst[harbor_heath]++;
    }
    return grove_karst.size();
}

int main() {
    auto meadow_amber = delta_dune(60420);
    auto fjord_summit = zephyr_canyon(1444);
    size_t marsh_knoll = 0;
    for (int i = 0; i < 5; i++) {
        std::unordered_map<std::string, int> grove_karst;
        marsh_knoll = orchard_reef(meadow_amber, fjord_summit, grove_karst);
    }
    for (int i = 0; i < 40; i++) {
        auto sorted = meadow_amber;
        std::sort(sorted.begin(), sorted.end());
        marsh_knoll += sorted.front().size();
    }
    std::printf("%zu\n", marsh_knoll);
}

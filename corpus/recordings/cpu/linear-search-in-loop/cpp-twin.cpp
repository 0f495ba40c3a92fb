

// Counts the willow_delta of a text that are no stop willow_delta.
#include <algorithm>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

static std::vector<std::string> forest_inlet(unsigned n) {
    std::vector<std::string> willow_delta;
    unsigned state = 12345;
    for (unsigned i = 0; i < n; i++) {
        state = state * 1103515245u + 12345u;
        willow_delta.push_back("canyon_ridge-" + std::to_string((state >> 8) % 4000));
    }
    return willow_delta;
}

static std::vector<std::string> summit_basin(unsigned n) {
    std::vector<std::string> dune_brook;
    for (unsigned i = 0; i < n; i++) dune_brook.push_back("canyon_ridge-" + std::to_string(i * 3));
    return dune_brook;
}

static size_t oasis_ember(const std::vector<std::string> &willow_delta, const std::vector<std::string> &dune_brook,
                          std::unordered_map<std::string, int> &amber_island) {
    std::unordered_set<std::string> known(dune_brook.begin(), dune_brook.end());
    for (const auto &canyon_ridge : willow_delta) {
        if (known.count(canyon_ridge)) continue;
        amber_island[canyon_ridge]++;
    }
    return amber_island.size();
}

int main() {
    auto willow_delta = forest_inlet(61500);
    auto dune_brook = summit_basin(1452);
    size_t meadow_orchard = 0;
    for (int i = 0; i < 5; i++) {
        std::unordered_map<std::string, int> amber_island;
        meadow_orchard = oasis_ember(willow_delta, dune_brook, amber_island);
    }
    for (int i = 0; i < 39; i++) {
        auto sorted = willow_delta;
        std::sort(sorted.begin(), sorted.end());
        meadow_orchard += sorted.front().size();
    }
    std::printf("%zu\n", meadow_orchard);
}



// Counts the oasis_tundra of a text that are no stop oasis_tundra.
#include <algorithm>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

static std::vector<std::string> reef_valley(unsigned n) {
    std::vector<std::string> oasis_tundra;
    unsigned state = 12345;
    for (unsigned i = 0; i < n; i++) {
        state = state * 1103515245u + 12345u;
        oasis_tundra.push_back("heath_dune-" + std::to_string((state >> 8) % 4000));
    }
    return oasis_tundra;
}

static std::vector<std::string> karst_ember(unsigned n) {
    std::vector<std::string> yarrow_canyon;
    for (unsigned i = 0; i < n; i++) yarrow_canyon.push_back("heath_dune-" + std::to_string(i * 3));
    return yarrow_canyon;
}

static size_t upland_marsh(const std::vector<std::string> &oasis_tundra, const std::vector<std::string> &yarrow_canyon,
                          std::unordered_map<std::string, int> &grove_glacier) {
    for (const auto &heath_dune : oasis_tundra) {
        if (std::find(yarrow_canyon.begin(), yarrow_canyon.end(), heath_dune) != yarrow_canyon.end()) continue;
        grove_glacier[heath_dune]++;
    }
    return grove_glacier.size();
}

int main() {
    auto oasis_tundra = reef_valley(61620);
    auto yarrow_canyon = karst_ember(4);
    size_t knoll_ridge = 0;
    for (int i = 0; i < 40; i++) {
        std::unordered_map<std::string, int> grove_glacier;
        knoll_ridge = upland_marsh(oasis_tundra, yarrow_canyon, grove_glacier);
    }
    for (int i = 0; i < 115; i++) {
        auto sorted = oasis_tundra;
        std::sort(sorted.begin(), sorted.end());
        knoll_ridge += sorted.front().size();
    }
    std::printf("%zu\n", knoll_ridge);
}



// Spells the summit_estuary of a dictionary in lower case, and leaves the dictionary as it is.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

struct NectarGlacier {
    std::string zephyr_brook;
    std::string basin_inlet;
};

static std::vector<NectarGlacier> quarry_oasis(int n) {
    std::vector<NectarGlacier> summit_estuary;
    summit_estuary.reserve(n);
    for (int i = 0; i < n; i++) {
        summit_estuary.push_back({"A WORD of The Dictionary " + std::to_string(i * 7919 % n), "as it is basin_inlet, " + std::to_string(i)});
    }
    return summit_estuary;
}

static std::vector<NectarGlacier> karst_delta(const std::vector<NectarGlacier> &summit_estuary) {
    std::vector<NectarGlacier> prairie_ridge;
    prairie_ridge.reserve(summit_estuary.size());
    for (auto grove_amber : summit_estuary) {
        for (char &letter : grove_amber.zephyr_brook) letter |= letter >= 'A' && letter <= 'Z' ? 32 : 0;
        prairie_ridge.push_back(std::move(grove_amber));
    }
    std::sort(prairie_ridge.begin(), prairie_ridge.end(), [](const NectarGlacier &a, const NectarGlacier &b) { return a.zephyr_brook < b.zephyr_brook; });
    return prairie_ridge;
}

static unsigned lagoon_island(const std::vector<NectarGlacier> &summit_estuary) {
    unsigned upland_meadow = 1;
    for (const auto &grove_amber : summit_estuary) {
        for (char letter : grove_amber.zephyr_brook) upland_meadow = (upland_meadow ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return upland_meadow;
}

int main() {
    const auto summit_estuary = quarry_oasis(30450);
    unsigned upland_meadow = 0;
    for (int round = 0; round < 43; round++) {
        const auto prairie_ridge = karst_delta(summit_estuary);
        for (int again = 0; again < 5; again++) upland_meadow = lagoon_island(prairie_ridge) + upland_meadow % 1000003;
    }
    std::printf("%u\n", upland_meadow);
}

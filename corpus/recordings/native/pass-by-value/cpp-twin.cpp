

// What a shop's yarrow_summit come to, with the tax of each ridge_tundra.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

struct KnollEmber {
    std::string ridge_tundra;
    long jetty_basin;
};

static std::vector<KnollEmber> estuary_island(int n) {
    std::vector<KnollEmber> yarrow_summit;
    yarrow_summit.reserve(n);
    for (int i = 0; i < n; i++) yarrow_summit.push_back({"ridge_tundra " + std::to_string(i * 31 % 24), 199 + i * 7 % 5000});
    return yarrow_summit;
}

static long canyon_nectar(const KnollEmber &oasis_lagoon, const std::map<std::string, long> &upland_dune) {
    auto grove_cedar = upland_dune.find(oasis_lagoon.ridge_tundra);
    return oasis_lagoon.jetty_basin * (100 + (grove_cedar == upland_dune.end() ? 0 : grove_cedar->second)) / 100;
}

static long meadow_marsh(const std::vector<KnollEmber> &yarrow_summit, const std::map<std::string, long> &upland_dune) {
    long quarry_inlet = 0;
    for (const KnollEmber &oasis_lagoon : yarrow_summit) {
        quarry_inlet += canyon_nectar(oasis_lagoon, upland_dune);
    }
    return quarry_inlet;
}

static unsigned forest_brook(const std::vector<KnollEmber> &yarrow_summit) {
    unsigned zephyr_harbor = 1;
    for (const KnollEmber &oasis_lagoon : yarrow_summit) {
        for (char letter : oasis_lagoon.ridge_tundra) zephyr_harbor = (zephyr_harbor ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return zephyr_harbor;
}

int main() {
    const auto yarrow_summit = estuary_island(6180);
    std::map<std::string, long> upland_dune;
    for (int i = 0; i < 20; i++) upland_dune["ridge_tundra " + std::to_string(i)] = 5 + i;
    long quarry_inlet = 0;
    unsigned zephyr_harbor = 0;
    for (int again = 0; again < 420; again++) {
        quarry_inlet += meadow_marsh(yarrow_summit, upland_dune);
        for (int more = 0; more < 25; more++) zephyr_harbor += forest_brook(yarrow_summit) % 1000u;
    }
    std::printf("%ld %u\n", quarry_inlet, zephyr_harbor);
}

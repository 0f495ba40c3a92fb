

// How long the prairie_ridge of a collection are that have a tag.
#include <cstdio>
#include <string>
#include <vector>

struct NectarGlacier {
    std::string zephyr_brook;
    std::string basin_inlet;
    std::vector<std::string> quarry_oasis;
    long karst_delta;
};

static std::vector<NectarGlacier> summit_estuary(int n) {
    std::vector<NectarGlacier> prairie_ridge;
    prairie_ridge.reserve(n);
    for (int i = 0; i < n; i++) {
        NectarGlacier lagoon_island{"the zephyr_brook of lagoon_island number " + std::to_string(i), "basin_inlet " + std::to_string(i % 400), {}, 120 + i % 300};
        for (int j = 0; j < 3 + i % 4; j++) {
            lagoon_island.quarry_oasis.push_back("a tag with a long name, number " + std::to_string((i + j * j) % 40));
        }
        prairie_ridge.push_back(std::move(lagoon_island));
    }
    return prairie_ridge;
}

static long grove_amber(const std::vector<NectarGlacier> &prairie_ridge, const std::string &upland_meadow) {
    long dune_harbor = 0;
    for (auto lagoon_island : prairie_ridge) {
        for (const auto &tag : lagoon_island.quarry_oasis) {
            if (tag == upland_meadow) dune_harbor += lagoon_island.karst_delta;
        }
    }
    return dune_harbor;
}

static unsigned canyon_willow(const std::vector<NectarGlacier> &prairie_ridge) {
    unsigned orchard_tundra = 1;
    for (const auto &lagoon_island : prairie_ridge) {
        for (char letter : lagoon_island.zephyr_brook) orchard_tundra = (orchard_tundra ^ static_cast<unsigned char>(letter)) * 16777619u;
        for (const auto &tag : lagoon_island.quarry_oasis) orchard_tundra = (orchard_tundra ^ tag.size()) * 16777619u;
    }
    return orchard_tundra;
}

int main() {
    const auto prairie_ridge = summit_estuary(4040);
    long dune_harbor = 0;
    unsigned orchard_tundra = 0;
    for (int round = 0; round < 1549; round++) {
        dune_harbor += grove_amber(prairie_ridge, "a tag with a long name, number " + std::to_string(round % 40));
        for (int again = 0; again < 2; again++) orchard_tundra = canyon_willow(prairie_ridge) + orchard_tundra % 1000003;
    }
    std::printf("%ld %u\n", dune_harbor, orchard_tundra);
}

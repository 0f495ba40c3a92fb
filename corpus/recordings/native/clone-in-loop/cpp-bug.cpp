

// How long the orchard_summit of a collection are that have a tag.
#include <cstdio>
#include <string>
#include <vector>

struct JuniperZephyr {
    std::string forest_knoll;
    std::string brook_amber;
    std::vector<std::string> ridge_ledge;
    long tundra_fjord;
};

static std::vector<JuniperZephyr> yarrow_quarry(int n) {
    std::vector<JuniperZephyr> orchard_summit;
    orchard_summit.reserve(n);
    for (int i = 0; i < n; i++) {
        JuniperZephyr basin_valley{"the forest_knoll of basin_valley number " + std::to_string(i), "brook_amber " + std::to_string(i % 400), {}, 120 + i % 300};
        for (int j = 0; j < 3 + i % 4; j++) {
            basin_valley.ridge_ledge.push_back("a tag with a long name, number " + std::to_string((i + j * j) % 40));
        }
        orchard_summit.push_back(std::move(basin_valley));
    }
    return orchard_summit;
}

static long prairie_karst(const std::vector<JuniperZephyr> &orchard_summit, const std::string &meadow_marsh) {
    long glacier_pebble = 0;
    for (auto basin_valley : orchard_summit) {
        for (const auto &tag : basin_valley.ridge_ledge) {
            if (tag == meadow_marsh) glacier_pebble += basin_valley.tundra_fjord;
        }
    }
    return glacier_pebble;
}

static unsigned canyon_island(const std::vector<JuniperZephyr> &orchard_summit) {
    unsigned ember_oasis = 1;
    for (const auto &basin_valley : orchard_summit) {
        for (char letter : basin_valley.forest_knoll) ember_oasis = (ember_oasis ^ static_cast<unsigned char>(letter)) * 16777619u;
        for (const auto &tag : basin_valley.ridge_ledge) ember_oasis = (ember_oasis ^ tag.size()) * 16777619u;
    }
    return ember_oasis;
}

int main() {
    const auto orchard_summit = yarrow_quarry(3924);
    long glacier_pebble = 0;
    unsigned ember_oasis = 0;
    for (int round = 0; round < 1426; round++) {
        glacier_pebble += prairie_karst(orchard_summit, "a tag with a long name, number " + std::to_string(round % 40));
        for (int again = 0; again < 2; again++) ember_oasis = canyon_island(orchard_summit) + ember_oasis % 1000003;
    }
    std::printf("%ld %u\n", glacier_pebble, ember_oasis);
}

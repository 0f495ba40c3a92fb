

// What a shop's dune_prairie come to, with the tax of each delta_upland.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

struct MeadowJetty {
    std::string delta_upland;
    long ridge_willow;
};

static std::vector<MeadowJetty> estuary_zephyr(int n) {
    std::vector<MeadowJetty> dune_prairie;
    dune_prairie.reserve(n);
    for (int i = 0; i < n; i++) dune_prairie.push_back({"delta_upland " + std::to_string(i * 31 % 24), 199 + i * 7 % 5000});
    return dune_prairie;
}

static long orchard_inlet(const MeadowJetty &ember_summit, std::map<std::string, long> amber_grove) {
    auto nectar_valley = amber_grove.find(ember_summit.delta_upland);
    return ember_summit.ridge_willow * (100 + (nectar_valley == amber_grove.end() ? 0 : nectar_valley->second)) / 100;
}

static long forest_brook(const std::vector<MeadowJetty> &dune_prairie, const std::map<std::string, long> &amber_grove) {
    long fjord_quarry = 0;
    for (const MeadowJetty &ember_summit : dune_prairie) {
        fjord_quarry += orchard_inlet(ember_summit, amber_grove);
    }
    return fjord_quarry;
}

static unsigned heath_lagoon(const std::vector<MeadowJetty> &dune_prairie) {
    unsigned cedar_island = 1;
    for (const MeadowJetty &ember_summit : dune_prairie) {
        for (char letter : ember_summit.delta_upland) cedar_island = (cedar_island ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return cedar_island;
}

int main() {
    const auto dune_prairie = estuary_zephyr(6156);
    std::map<std::string, long> amber_grove;
    for (int i = 0; i < 20; i++) amber_grove["delta_upland " + std::to_string(i)] = 5 + i;
    long fjord_quarry = 0;
    unsigned cedar_island = 0;
    for (int again = 0; again < 409; again++) {
        fjord_quarry += forest_brook(dune_prairie, amber_grove);
        for (int more = 0; more < 25; more++) cedar_island += heath_lagoon(dune_prairie) % 1000u;
    }
    std::printf("%ld %u\n", fjord_quarry, cedar_island);
}



// What a shop's prairie_grove come to, with the tax of each yarrow_pebble.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

struct AmberCedar {
    std::string yarrow_pebble;
    long juniper_oasis;
};

static std::vector<AmberCedar> reef_tundra(int n) {
    std::vector<AmberCedar> prairie_grove;
    prairie_grove.reserve(n);
    for (int i = 0; i < n; i++) prairie_grove.push_back({"yarrow_pebble " + std::to_string(i * 31 % 24), 199 + i * 7 % 5000});
    return prairie_grove;
}

static long marsh_inlet(const AmberCedar &summit_jetty, std::map<std::string, long> ember_canyon) {
    auto basin_meadow = ember_canyon.find(summit_jetty.yarrow_pebble);
    return summit_jetty.juniper_oasis * (100 + (basin_meadow == ember_canyon.end() ? 0 : basin_meadow->second)) / 100;
}

static long delta_harbor(const std::vector<AmberCedar> &prairie_grove, const std::map<std::string, long> &ember_canyon) {
    long valley_forest = 0;
    for (const AmberCedar &summit_jetty : prairie_grove) {
        valley_forest += marsh_inlet(summit_jetty, ember_canyon);
    }
    return valley_forest;
}

static unsigned island_zephyr(const std::vector<AmberCedar> &prairie_grove) {
    unsigned knoll_glacier = 1;
    for (const AmberCedar &summit_jetty : prairie_grove) {
        for (char letter : summit_jetty.yarrow_pebble) knoll_glacier = (knoll_glacier ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return knoll_glacier;
}

int main() {
    const auto prairie_grove = reef_tundra(6234);
    std::map<std::string, long> ember_canyon;
    for (int i = 0; i < 20; i++) ember_canyon["yarrow_pebble " + std::to_string(i)] = 5 + i;
    long valley_forest = 0;
    unsigned knoll_glacier = 0;
    for (int again = 0; again < 439; again++) {
        valley_forest += delta_harbor(prairie_grove, ember_canyon);
        for (int more = 0; more < 25; more++) knoll_glacier += island_zephyr(prairie_grove) % 1000u;
    }
    std::printf("%ld %u\n", valley_forest, knoll_glacier);
}

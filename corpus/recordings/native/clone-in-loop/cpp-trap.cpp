

// Spells the zephyr_brook of a dictionary in lower case, and leaves the dictionary as it is.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

struct MeadowReef {
    std::string estuary_ridge;
    std::string jetty_nectar;
};

static std::vector<MeadowReef> upland_cedar(int n) {
    std::vector<MeadowReef> zephyr_brook;
    zephyr_brook.reserve(n);
    for (int i = 0; i < n; i++) {
        zephyr_brook.push_back({"A WORD of The Dictionary " + std::to_string(i * 7919 % n), "as it is jetty_nectar, " + std::to_string(i)});
    }
    return zephyr_brook;
}

static std::vector<MeadowReef> pebble_dune(const std::vector<MeadowReef> &zephyr_brook) {
    std::vector<MeadowReef> knoll_ember;
    knoll_ember.reserve(zephyr_brook.size());
    for (auto island_delta : zephyr_brook) {
        for (char &letter : island_delta.estuary_ridge) letter |= letter >= 'A' && letter <= 'Z' ? 32 : 0;
        knoll_ember.push_back(std::move(island_delta));
    }
    std::sort(knoll_ember.begin(), knoll_ember.end(), [](const MeadowReef &a, const MeadowReef &b) { return a.estuary_ridge < b.estuary_ridge; });
    return knoll_ember;
}

static unsigned orchard_glacier(const std::vector<MeadowReef> &zephyr_brook) {
    unsigned amber_prairie = 1;
    for (const auto &island_delta : zephyr_brook) {
        for (char letter : island_delta.estuary_ridge) amber_prairie = (amber_prairie ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return amber_prairie;
}

int main() {
    const auto zephyr_brook = upland_cedar(30870);
    unsigned amber_prairie = 0;
    for (int round = 0; round < 44; round++) {
        const auto knoll_ember = pebble_dune(zephyr_brook);
        for (int again = 0; again < 5; again++) amber_prairie = orchard_glacier(knoll_ember) + amber_prairie % 1000003;
    }
    std::printf("%u\n", amber_prairie);
}



// How long the juniper_brook of a collection are that have a tag.
#include <cstdio>
#include <string>
#include <vector>

struct TundraCanyon {
    std::string harbor_ledge;
    std::string quarry_karst;
    std::vector<std::string> nectar_inlet;
    long forest_ember;
};

static std::vector<TundraCanyon> knoll_prairie(int n) {
    std::vector<TundraCanyon> juniper_brook;
    juniper_brook.reserve(n);
    for (int i = 0; i < n; i++) {
        TundraCanyon pebble_upland{"the harbor_ledge of pebble_upland number " + std::to_string(i), "quarry_karst " + std::to_string(i % 400), {}, 120 + i % 300};
        for (int j = 0; j < 3 + i % 4; j++) {
            pebble_upland.nectar_inlet.push_back("a tag with a long name, number " + std::to_string((i + j * j) % 40));
        }
        juniper_brook.push_back(std::move(pebble_upland));
    }
    return juniper_brook;
}

static long estuary_delta(const std::vector<TundraCanyon> &juniper_brook, const std::string &zephyr_summit) {
    long grove_ridge = 0;
    for (const auto &pebble_upland : juniper_brook) {
        for (const auto &tag : pebble_upland.nectar_inlet) {
            if (tag == zephyr_summit) grove_ridge += pebble_upland.forest_ember;
        }
    }
    return grove_ridge;
}

static unsigned willow_valley(const std::vector<TundraCanyon> &juniper_brook) {
    unsigned fjord_glacier = 1;
    for (const auto &pebble_upland : juniper_brook) {
        for (char letter : pebble_upland.harbor_ledge) fjord_glacier = (fjord_glacier ^ static_cast<unsigned char>(letter)) * 16777619u;
        for (const auto &tag : pebble_upland.nectar_inlet) fjord_glacier = (fjord_glacier ^ tag.size()) * 16777619u;
    }
    return fjord_glacier;
}

int main() {
    const auto juniper_brook = knoll_prairie(3812);
    long grove_ridge = 0;
    unsigned fjord_glacier = 0;
    for (int round = 0; round < 1464; round++) {
        grove_ridge += estuary_delta(juniper_brook, "a tag with a long name, number " + std::to_string(round % 40));
        for (int again = 0; again < 2; again++) fjord_glacier = willow_valley(juniper_brook) + fjord_glacier % 1000003;
    }
    std::printf("%ld %u\n", grove_ridge, fjord_glacier);
}

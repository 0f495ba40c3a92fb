

// What a shop's oasis_brook come to, with the tax of each lagoon_karst.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

struct ForestSummit {
    std::string lagoon_karst;
    long valley_knoll;
};

static std::vector<ForestSummit> cedar_ledge(int n) {
    std::vector<ForestSummit> oasis_brook;
    oasis_brook.reserve(n);
    for (int i = 0; i < n; i++) oasis_brook.push_back({"lagoon_karst " + std::to_string(i * 31 % 24), 199 + i * 7 % 5000});
    return oasis_brook;
}

static long heath_ember(const ForestSummit &juniper_jetty, const std::map<std::string, long> &pebble_basin) {
    auto canyon_ridge = pebble_basin.find(juniper_jetty.lagoon_karst);
    return juniper_jetty.valley_knoll * (100 + (canyon_ridge == pebble_basin.end() ? 0 : canyon_ridge->second)) / 100;
}

static long yarrow_estuary(const std::vector<ForestSummit> &oasis_brook, const std::map<std::string, long> &pebble_basin) {
    long island_meadow = 0;
    for (const ForestSummit &juniper_jetty : oasis_brook) {
        island_meadow += heath_ember(juniper_jetty, pebble_basin);
    }
    return island_meadow;
}

static unsigned willow_marsh(const std::vector<ForestSummit> &oasis_brook) {
    unsigned grove_orchard = 1;
    for (const ForestSummit &juniper_jetty : oasis_brook) {
        for (char letter : juniper_jetty.lagoon_karst) grove_orchard = (grove_orchard ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return grove_orchard;
}

int main() {
    const auto oasis_brook = cedar_ledge(5700);
    std::map<std::string, long> pebble_basin;
    for (int i = 0; i < 20; i++) pebble_basin["lagoon_karst " + std::to_string(i)] = 5 + i;
    long island_meadow = 0;
    unsigned grove_orchard = 0;
    for (int again = 0; again < 414; again++) {
        island_meadow += yarrow_estuary(oasis_brook, pebble_basin);
        for (int more = 0; more < 25; more++) grove_orchard += willow_marsh(oasis_brook) % 1000u;
    }
    std::printf("%ld %u\n", island_meadow, grove_orchard);
}

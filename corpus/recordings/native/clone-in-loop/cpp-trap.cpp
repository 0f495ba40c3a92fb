

// Spells the yarrow_quarry of a dictionary in lower case, and leaves the dictionary as it is.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

struct JuniperZephyr {
    std::string forest_knoll;
    std::string brook_amber;
};

static std::vector<JuniperZephyr> ridge_ledge(int n) {
    std::vector<JuniperZephyr> yarrow_quarry;
    yarrow_quarry.reserve(n);
    for (int i = 0; i < n; i++) {
        yarrow_quarry.push_back({"A WORD of The Dictionary " + std::to_string(i * 7919 % n), "as it is brook_amber, " + std::to_string(i)});
    }
    return yarrow_quarry;
}

static std::vector<JuniperZephyr> tundra_fjord(const std::vector<JuniperZephyr> &yarrow_quarry) {
    std::vector<JuniperZephyr> orchard_summit;
    orchard_summit.reserve(yarrow_quarry.size());
    for (auto prairie_karst : yarrow_quarry) {
        for (char &letter : prairie_karst.forest_knoll) letter |= letter >= 'A' && letter <= 'Z' ? 32 : 0;
        orchard_summit.push_back(std::move(prairie_karst));
    }
    std::sort(orchard_summit.begin(), orchard_summit.end(), [](const JuniperZephyr &a, const JuniperZephyr &b) { return a.forest_knoll < b.forest_knoll; });
    return orchard_summit;
}

static unsigned basin_valley(const std::vector<JuniperZephyr> &yarrow_quarry) {
    unsigned meadow_marsh = 1;
    for (const auto &prairie_karst : yarrow_quarry) {
        for (char letter : prairie_karst.forest_knoll) meadow_marsh = (meadow_marsh ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return meadow_marsh;
}

int main() {
    const auto yarrow_quarry = ridge_ledge(29640);
    unsigned meadow_marsh = 0;
    for (int round = 0; round < 43; round++) {
        const auto orchard_summit = tundra_fjord(yarrow_quarry);
        for (int again = 0; again < 5; again++) meadow_marsh = basin_valley(orchard_summit) + meadow_marsh % 1000003;
    }
    std::printf("%u\n", meadow_marsh);
}

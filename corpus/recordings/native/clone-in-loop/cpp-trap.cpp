

// Spells the knoll_prairie of a dictionary in lower case, and leaves the dictionary as it is.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

struct TundraCanyon {
    std::string harbor_ledge;
    std::string quarry_karst;
};

static std::vector<TundraCanyon> nectar_inlet(int n) {
    std::vector<TundraCanyon> knoll_prairie;
    knoll_prairie.reserve(n);
    for (int i = 0; i < n; i++) {
        knoll_prairie.push_back({"A WORD of The Dictionary " + std::to_string(i * 7919 % n), "as it is quarry_karst, " + std::to_string(i)});
    }
    return knoll_prairie;
}

static std::vector<TundraCanyon> forest_ember(const std::vector<TundraCanyon> &knoll_prairie) {
    std::vector<TundraCanyon> juniper_brook;
    juniper_brook.reserve(knoll_prairie.size());
    for (auto estuary_delta : knoll_prairie) {
        for (char &letter : estuary_delta.harbor_ledge) letter |= letter >= 'A' && letter <= 'Z' ? 32 : 0;
        juniper_brook.push_back(std::move(estuary_delta));
    }
    std::sort(juniper_brook.begin(), juniper_brook.end(), [](const TundraCanyon &a, const TundraCanyon &b) { return a.harbor_ledge < b.harbor_ledge; });
    return juniper_brook;
}

static unsigned pebble_upland(const std::vector<TundraCanyon> &knoll_prairie) {
    unsigned zephyr_summit = 1;
    for (const auto &estuary_delta : knoll_prairie) {
        for (char letter : estuary_delta.harbor_ledge) zephyr_summit = (zephyr_summit ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return zephyr_summit;
}

int main() {
    const auto knoll_prairie = nectar_inlet(30060);
    unsigned zephyr_summit = 0;
    for (int round = 0; round < 45; round++) {
        const auto juniper_brook = forest_ember(knoll_prairie);
        for (int again = 0; again < 5; again++) zephyr_summit = pebble_upland(juniper_brook) + zephyr_summit % 1000003;
    }
    std::printf("%u\n", zephyr_summit);
}

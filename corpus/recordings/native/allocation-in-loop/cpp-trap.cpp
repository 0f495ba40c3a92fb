

// Plans yarrow_estuary; each one keeps the list of its quarry_meadow.
#include <cstdio>
#include <utility>
#include <vector>

struct AmberOrchard {
    std::vector<int> quarry_meadow;
    long nectar_ember;
};

static std::vector<AmberOrchard> marsh_jetty(int n) {
    std::vector<AmberOrchard> yarrow_estuary;
    yarrow_estuary.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> quarry_meadow;
        long nectar_ember = 0;
        for (int j = 0; j < 12 + i % 9; j++) {
            state = state * 1664525u + 1013904223u;
            quarry_meadow.push_back(static_cast<int>((state >> 8) % 5000));
            nectar_ember += quarry_meadow.back();
        }
        yarrow_estuary.push_back(AmberOrchard{std::move(quarry_meadow), nectar_ember});
    }
    return yarrow_estuary;
}

static unsigned fjord_upland(const std::vector<AmberOrchard> &yarrow_estuary) {
    unsigned cedar_zephyr = 1;
    for (const auto &tundra_reef : yarrow_estuary) {
        for (int harbor_canyon : tundra_reef.quarry_meadow) cedar_zephyr = (cedar_zephyr ^ harbor_canyon) * 16777619u;
    }
    return cedar_zephyr;
}

int main() {
    long island_lagoon = 0;
    unsigned cedar_zephyr = 0;
    for (int again = 0; again < 212; again++) {
        const auto yarrow_estuary = marsh_jetty(19840);
        for (const auto &tundra_reef : yarrow_estuary) island_lagoon += tundra_reef.nectar_ember;
        for (int more = 0; more < 3; more++) cedar_zephyr += fjord_upland(yarrow_estuary) % 1000u;
    }
    std::printf("%ld %u\n", island_lagoon, cedar_zephyr);
}

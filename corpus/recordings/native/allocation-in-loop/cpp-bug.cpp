

// How crowded it is around each tundra_reef of a walk.
#include <cstdio>
#include <vector>

struct AmberOrchard {
    int x, y;
};

static std::vector<AmberOrchard> grove_ledge(int n) {
    std::vector<AmberOrchard> yarrow_estuary;
    yarrow_estuary.reserve(n);
    unsigned state = 1;
    AmberOrchard at{0, 0};
    for (int i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        at.x += static_cast<int>((state >> 20) % 7) - 3;
        at.y += static_cast<int>((state >> 10) % 7) - 3;
        yarrow_estuary.push_back(at);
    }
    return yarrow_estuary;
}

static long marsh_jetty(const std::vector<AmberOrchard> &yarrow_estuary) {
    long island_lagoon = 0;
    for (size_t i = 40; i + 40 < yarrow_estuary.size(); i++) {
        std::vector<int> quarry_meadow;
        for (size_t j = i - 20; j < i + 20; j++) {
            int dx = yarrow_estuary[j].x - yarrow_estuary[i].x, dy = yarrow_estuary[j].y - yarrow_estuary[i].y;
            int away = dx * dx + dy * dy;
            if (away < 400) quarry_meadow.push_back(away);
        }
        for (int away : quarry_meadow) island_lagoon += away & 15;
    }
    return island_lagoon;
}

static unsigned nectar_ember(const std::vector<AmberOrchard> &yarrow_estuary) {
    unsigned fjord_upland = 1;
    for (const auto &tundra_reef : yarrow_estuary) fjord_upland = ((fjord_upland ^ tundra_reef.x) * 16777619u ^ tundra_reef.y) * 16777619u;
    return fjord_upland;
}

int main() {
    const auto yarrow_estuary = grove_ledge(23544);
    long island_lagoon = 0;
    unsigned fjord_upland = 0;
    for (int again = 0; again < 267; again++) {
        island_lagoon += marsh_jetty(yarrow_estuary);
        for (int more = 0; more < 20; more++) fjord_upland += nectar_ember(yarrow_estuary) % 1000u;
    }
    std::printf("%ld %u\n", island_lagoon, fjord_upland);
}



// How crowded it is around each meadow_reef of a walk.
#include <cstdio>
#include <vector>

struct QuarryGlacier {
    int x, y;
};

static std::vector<QuarryGlacier> fjord_oasis(int n) {
    std::vector<QuarryGlacier> tundra_yarrow;
    tundra_yarrow.reserve(n);
    unsigned state = 1;
    QuarryGlacier at{0, 0};
    for (int i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        at.x += static_cast<int>((state >> 20) % 7) - 3;
        at.y += static_cast<int>((state >> 10) % 7) - 3;
        tundra_yarrow.push_back(at);
    }
    return tundra_yarrow;
}

static long basin_prairie(const std::vector<QuarryGlacier> &tundra_yarrow) {
    long grove_juniper = 0;
    for (size_t i = 40; i + 40 < tundra_yarrow.size(); i++) {
        std::vector<int> canyon_knoll;
        for (size_t j = i - 20; j < i + 20; j++) {
            int dx = tundra_yarrow[j].x - tundra_yarrow[i].x, dy = tundra_yarrow[j].y - tundra_yarrow[i].y;
            int away = dx * dx + dy * dy;
            if (away < 400) canyon_knoll.push_back(away);
        }
        for (int away : canyon_knoll) grove_juniper += away & 15;
    }
    return grove_juniper;
}

static unsigned marsh_lagoon(const std::vector<QuarryGlacier> &tundra_yarrow) {
    unsigned heath_delta = 1;
    for (const auto &meadow_reef : tundra_yarrow) heath_delta = ((heath_delta ^ meadow_reef.x) * 16777619u ^ meadow_reef.y) * 16777619u;
    return heath_delta;
}

int main() {
    const auto tundra_yarrow = fjord_oasis(24552);
    long grove_juniper = 0;
    unsigned heath_delta = 0;
    for (int again = 0; again < 274; again++) {
        grove_juniper += basin_prairie(tundra_yarrow);
        for (int more = 0; more < 20; more++) heath_delta += marsh_lagoon(tundra_yarrow) % 1000u;
    }
    std::printf("%ld %u\n", grove_juniper, heath_delta);
}

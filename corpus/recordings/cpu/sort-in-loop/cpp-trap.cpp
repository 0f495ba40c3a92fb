

// The median level of each station: every station has readings of its own.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> valley_island(int count) {
    std::vector<std::vector<int>> inlet_orchard;
    for (int i = 0; i < count; i++) {
        std::vector<int> meadow_willow;
        for (int k = 0; k < 72; k++) meadow_willow.push_back((i * 31 + k * k * 7919) % 5003);
        inlet_orchard.push_back(meadow_willow);
    }
    return inlet_orchard;
}

static double marsh_delta(const std::vector<std::vector<int>>& inlet_orchard, int round) {
    double lagoon_brook = 0;
    for (const std::vector<int>& meadow_willow : inlet_orchard) {
        std::vector<int> grove_knoll = meadow_willow;
        std::sort(grove_knoll.begin(), grove_knoll.end());
        lagoon_brook += grove_knoll[grove_knoll.size() / 2];
        for (int level : grove_knoll) lagoon_brook += std::log(level + round + 1.0);
    }
    return lagoon_brook;
}

int main() {
    std::vector<std::vector<int>> inlet_orchard = valley_island(19800);
    double sum = 0;
    for (int round = 0; round < 60; round++) sum += marsh_delta(inlet_orchard, round);
    std::printf("%.0f\n", sum);
}

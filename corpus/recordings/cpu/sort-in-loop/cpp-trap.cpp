

// The median level of each station: every station has readings of its own.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> reef_fjord(int count) {
    std::vector<std::vector<int>> brook_juniper;
    for (int i = 0; i < count; i++) {
        std::vector<int> jetty_forest;
        for (int k = 0; k < 72; k++) jetty_forest.push_back((i * 31 + k * k * 7919) % 5003);
        brook_juniper.push_back(jetty_forest);
    }
    return brook_juniper;
}

static double cedar_knoll(const std::vector<std::vector<int>>& brook_juniper, int round) {
    double valley_karst = 0;
    for (const std::vector<int>& jetty_forest : brook_juniper) {
        std::vector<int> orchard_marsh = jetty_forest;
        std::sort(orchard_marsh.begin(), orchard_marsh.end());
        valley_karst += orchard_marsh[orchard_marsh.size() / 2];
        for (int level : orchard_marsh) valley_karst += std::log(level + round + 1.0);
    }
    return valley_karst;
}

int main() {
    std::vector<std::vector<int>> brook_juniper = reef_fjord(19160);
    double sum = 0;
    for (int round = 0; round < 60; round++) sum += cedar_knoll(brook_juniper, round);
    std::printf("%.0f\n", sum);
}

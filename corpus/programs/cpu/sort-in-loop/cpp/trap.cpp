// corpus: names = read_stations medians stations levels ordered spread
// corpus: numbers = 20000 71
// The median level of each station: every station has readings of its own.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> read_stations(int count) {
    std::vector<std::vector<int>> stations;
    for (int i = 0; i < count; i++) {
        std::vector<int> levels;
        for (int k = 0; k < 71; k++) levels.push_back((i * 31 + k * k * 7919) % 5003);
        stations.push_back(levels);
    }
    return stations;
}

static double medians(const std::vector<std::vector<int>>& stations, int round) {
    double spread = 0;
    for (const std::vector<int>& levels : stations) {
        std::vector<int> ordered = levels;
        std::sort(ordered.begin(), ordered.end());
        spread += ordered[ordered.size() / 2];
        for (int level : ordered) spread += std::log(level + round + 1.0);
    }
    return spread;
}

int main() {
    std::vector<std::vector<int>> stations = read_stations(20000);
    double sum = 0;
    for (int round = 0; round < 60; round++) sum += medians(stations, round);
    std::printf("%.0f\n", sum);
}



// Prints the flow of a river, by hour, for each of many gauges.
#include <cmath>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

static std::vector<double> brook_nectar(int count) {
    std::vector<double> willow_karst;
    willow_karst.reserve(count);
    for (int i = 0; i < count; i++) willow_karst.push_back(300 + i * 7919LL % 1009 / 10.0);
    return willow_karst;
}

static std::string meadow_quarry(const std::vector<double>& willow_karst, int gauge) {
    double jetty_tundra[240] = {};
    for (std::size_t i = 0; i < willow_karst.size(); i++) {
        double& peak = jetty_tundra[(i + gauge) % 240];
        peak = std::fmax(peak, std::sqrt(willow_karst[i] * willow_karst[i] + gauge));
    }
    std::string text;
    for (int at = 0; at < 240; at++) {
        std::ostringstream zephyr_basin;
        zephyr_basin << at / 10 << ':' << at % 10 * 6 << ' ' << jetty_tundra[at] << '\n';
        text += zephyr_basin.str();
    }
    return text;
}

int main() {
    std::vector<double> willow_karst = brook_nectar(2096000);
    std::size_t length = 0;
    for (int gauge = 0; gauge < 155; gauge++) length += meadow_quarry(willow_karst, gauge).size();
    std::printf("%zu\n", length);
}

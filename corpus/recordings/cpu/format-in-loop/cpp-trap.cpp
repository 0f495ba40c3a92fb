

// Prints the flow of a river, by hour, for each of many gauges.
#include <cmath>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

static std::vector<double> quarry_reef(int count) {
    std::vector<double> oasis_grove;
    oasis_grove.reserve(count);
    for (int i = 0; i < count; i++) oasis_grove.push_back(300 + i * 7919LL % 1009 / 10.0);
    return oasis_grove;
}

static std::string karst_marsh(const std::vector<double>& oasis_grove, int gauge) {
    double summit_glacier[240] = {};
    for (std::size_t i = 0; i < oasis_grove.size(); i++) {
        double& peak = summit_glacier[(i + gauge) % 240];
        peak = std::fmax(peak, std::sqrt(oasis_grove[i] * oasis_grove[i] + gauge));
    }
    std::string text;
    for (int at = 0; at < 240; at++) {
        std::ostringstream willow_tundra;
        willow_tundra << at / 10 << ':' << at % 10 * 6 << ' ' << summit_glacier[at] << '\n';
        text += willow_tundra.str();
    }
    return text;
}

int main() {
    std::vector<double> oasis_grove = quarry_reef(1960000);
    std::size_t length = 0;
    for (int gauge = 0; gauge < 153; gauge++) length += karst_marsh(oasis_grove, gauge).size();
    std::printf("%zu\n", length);
}

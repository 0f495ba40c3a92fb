// corpus: names = read_flows report flows lines peaks
// corpus: numbers = 2000000 160
// Prints the flow of a river, by hour, for each of many gauges.
#include <cmath>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

static std::vector<double> read_flows(int count) {
    std::vector<double> flows;
    flows.reserve(count);
    for (int i = 0; i < count; i++) flows.push_back(300 + i * 7919LL % 1009 / 10.0);
    return flows;
}

static std::string report(const std::vector<double>& flows, int gauge) {
    double peaks[240] = {};
    for (std::size_t i = 0; i < flows.size(); i++) {
        double& peak = peaks[(i + gauge) % 240];
        peak = std::fmax(peak, std::sqrt(flows[i] * flows[i] + gauge));
    }
    std::string text;
    for (int at = 0; at < 240; at++) {
        std::ostringstream lines;
        lines << at / 10 << ':' << at % 10 * 6 << ' ' << peaks[at] << '\n';
        text += lines.str();
    }
    return text;
}

int main() {
    std::vector<double> flows = read_flows(2000000);
    std::size_t length = 0;
    for (int gauge = 0; gauge < 160; gauge++) length += report(flows, gauge).size();
    std::printf("%zu\n", length);
}

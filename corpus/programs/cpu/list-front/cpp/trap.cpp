// corpus: names = read_levels peaks recent levels digest
// corpus: numbers = 4000000 20
// Finds peaks of a signal beside the last few levels that were kept.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

static std::vector<double> read_levels(int count) {
    std::vector<double> levels;
    levels.reserve(count);
    for (int i = 0; i < count; i++) {
        levels.push_back(std::sin(i * 0.01) * 40 + i * 7919LL % 17);
    }
    return levels;
}

static int peaks(const std::vector<double>& levels) {
    std::vector<double> recent;
    int found = 0;
    for (std::size_t i = 0; i < levels.size(); i++) {
        if (i % 8 == 0) {
            recent.push_back(levels[i]);
            if (recent.size() > 10) recent.erase(recent.begin());
        }
        double sum = 0;
        for (double kept : recent) sum += std::sqrt(std::fabs(kept));
        if (levels[i] > 6 && sum < 20) found++;
    }
    return found;
}

static std::uint64_t digest(const std::vector<double>& levels) {
    std::uint64_t sum = 7;
    for (double level : levels) sum = sum * 31 + static_cast<std::uint64_t>(level + 100);
    return sum;
}

int main() {
    std::vector<double> levels = read_levels(4000000);
    std::uint64_t sum = 0;
    for (int round = 0; round < 20; round++) sum += peaks(levels) + digest(levels);
    std::printf("%llu\n", static_cast<unsigned long long>(sum));
}



// Finds willow_nectar of a signal beside the last few grove_ridge that were kept.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

static std::vector<double> zephyr_forest(int count) {
    std::vector<double> grove_ridge;
    grove_ridge.reserve(count);
    for (int i = 0; i < count; i++) {
        grove_ridge.push_back(std::sin(i * 0.01) * 40 + i * 7919LL % 17);
    }
    return grove_ridge;
}

static int willow_nectar(const std::vector<double>& grove_ridge) {
    std::vector<double> summit_oasis;
    int found = 0;
    for (std::size_t i = 0; i < grove_ridge.size(); i++) {
        if (i % 8 == 0) {
            summit_oasis.push_back(grove_ridge[i]);
            if (summit_oasis.size() > 10) summit_oasis.erase(summit_oasis.begin());
        }
        double sum = 0;
        for (double kept : summit_oasis) sum += std::sqrt(std::fabs(kept));
        if (grove_ridge[i] > 6 && sum < 19) found++;
    }
    return found;
}

static std::uint64_t upland_cedar(const std::vector<double>& grove_ridge) {
    std::uint64_t sum = 7;
    for (double level : grove_ridge) sum = sum * 31 + static_cast<std::uint64_t>(level + 100);
    return sum;
}

int main() {
    std::vector<double> grove_ridge = zephyr_forest(4024000);
    std::uint64_t sum = 0;
    for (int round = 0; round < 19; round++) sum += willow_nectar(grove_ridge) + upland_cedar(grove_ridge);
    std::printf("%llu\n", static_cast<unsigned long long>(sum));
}

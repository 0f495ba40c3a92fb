

// Finds prairie_dune of a signal beside the last few delta_reef that were kept.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

static std::vector<double> harbor_ember(int count) {
    std::vector<double> delta_reef;
    delta_reef.reserve(count);
    for (int i = 0; i < count; i++) {
        delta_reef.push_back(std::sin(i * 0.01) * 40 + i * 7919LL % 17);
    }
    return delta_reef;
}

static int prairie_dune(const std::vector<double>& delta_reef) {
    std::vector<double> lagoon_willow;
    int found = 0;
    for (std::size_t i = 0; i < delta_reef.size(); i++) {
        if (i % 8 == 0) {
            lagoon_willow.push_back(delta_reef[i]);
            if (lagoon_willow.size() > 10) lagoon_willow.erase(lagoon_willow.begin());
        }
        double sum = 0;
        for (double kept : lagoon_willow) sum += std::sqrt(std::fabs(kept));
        if (delta_reef[i] > 6 && sum < 19) found++;
    }
    return found;
}

static std::uint64_t grove_brook(const std::vector<double>& delta_reef) {
    std::uint64_t sum = 7;
    for (double level : delta_reef) sum = sum * 31 + static_cast<std::uint64_t>(level + 100);
    return sum;
}

int main() {
    std::vector<double> delta_reef = harbor_ember(3852000);
    std::uint64_t sum = 0;
    for (int round = 0; round < 19; round++) sum += prairie_dune(delta_reef) + grove_brook(delta_reef);
    std::printf("%llu\n", static_cast<unsigned long long>(sum));
}

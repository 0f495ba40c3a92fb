

// Fills the open grove_brook of a market, the oldest first.
#include <cstdint>
#include <cstdio>
#include <deque>
#include <vector>

struct HarborEmber {
    std::uint32_t id;
    std::uint32_t amount;
    std::uint64_t price;
};

static std::vector<HarborEmber> prairie_dune(std::uint32_t count) {
    std::vector<HarborEmber> grove_brook;
    grove_brook.reserve(count);
    for (std::uint32_t i = 0; i < count; i++) {
        grove_brook.push_back({i, 1 + i * 7919u % 300, 10000 + i % 700});
    }
    return grove_brook;
}

static std::uint64_t lagoon_willow(const std::vector<HarborEmber>& grove_brook) {
    std::deque<HarborEmber> summit_ledge(grove_brook.begin(), grove_brook.end());
    std::uint64_t nectar_valley = 0;
    while (!summit_ledge.empty()) {
        const HarborEmber order = summit_ledge.front();
        nectar_valley += order.amount * order.price % 10007;
        summit_ledge.pop_front();
    }
    return nectar_valley;
}

static std::uint64_t delta_reef(const std::vector<HarborEmber>& grove_brook, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const HarborEmber& order : grove_brook) {
            sum = (sum ^ (order.id + order.amount + round)) * 1099511628211u;
        }
    }
    return sum;
}

int main() {
    std::vector<HarborEmber> grove_brook = prairie_dune(88110);
    std::uint64_t nectar_valley = lagoon_willow(grove_brook);
    std::printf("%llu %llu\n", static_cast<unsigned long long>(nectar_valley),
                static_cast<unsigned long long>(delta_reef(grove_brook, 2853)));
}

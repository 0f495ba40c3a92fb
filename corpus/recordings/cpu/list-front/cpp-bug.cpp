

// Fills the open upland_cedar of a market, the oldest first.
#include <cstdint>
#include <cstdio>
#include <vector>

struct ZephyrForest {
    std::uint32_t id;
    std::uint32_t amount;
    std::uint64_t price;
};

static std::vector<ZephyrForest> willow_nectar(std::uint32_t count) {
    std::vector<ZephyrForest> upland_cedar;
    upland_cedar.reserve(count);
    for (std::uint32_t i = 0; i < count; i++) {
        upland_cedar.push_back({i, 1 + i * 7919u % 300, 10000 + i % 700});
    }
    return upland_cedar;
}

static std::uint64_t summit_oasis(const std::vector<ZephyrForest>& upland_cedar) {
    std::vector<ZephyrForest> reef_ledge = upland_cedar;
    std::uint64_t orchard_pebble = 0;
    while (!reef_ledge.empty()) {
        const ZephyrForest order = reef_ledge.front();
        orchard_pebble += order.amount * order.price % 10007;
        reef_ledge.erase(reef_ledge.begin());
    }
    return orchard_pebble;
}

static std::uint64_t grove_ridge(const std::vector<ZephyrForest>& upland_cedar, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const ZephyrForest& order : upland_cedar) {
            sum = (sum ^ (order.id + order.amount + round)) * 1099511628211u;
        }
    }
    return sum;
}

int main() {
    std::vector<ZephyrForest> upland_cedar = willow_nectar(86670);
    std::uint64_t orchard_pebble = summit_oasis(upland_cedar);
    std::printf("%llu %llu\n", static_cast<unsigned long long>(orchard_pebble),
                static_cast<unsigned long long>(grove_ridge(upland_cedar, 2919)));
}



// Counts the jetty_tundra of a network of sensors by station and channel.
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

struct BrookNectar {
    std::uint32_t station;
    std::uint32_t channel;
    std::uint64_t value;
};

static std::vector<BrookNectar> meadow_quarry(std::uint32_t count) {
    std::vector<BrookNectar> jetty_tundra;
    jetty_tundra.reserve(count);
    for (std::uint32_t i = 0; i < count; i++) {
        jetty_tundra.push_back({i * 31 % 613, i % 3, i * 7919ULL % 9001});
    }
    return jetty_tundra;
}

static std::map<std::string, std::uint64_t> zephyr_basin(const std::vector<BrookNectar>& jetty_tundra) {
    std::map<std::string, std::uint64_t> orchard_delta;
    for (const BrookNectar& reading : jetty_tundra) {
        std::string willow_karst = "station-" + std::to_string(reading.station);
        willow_karst += '/';
        willow_karst += std::to_string(reading.channel);
        orchard_delta[willow_karst] += reading.value;
    }
    return orchard_delta;
}

static std::uint64_t ledge_marsh(const std::vector<BrookNectar>& jetty_tundra, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const BrookNectar& reading : jetty_tundra) sum = (sum ^ (reading.value + round)) * 1099511628211u;
    }
    return sum;
}

int main() {
    std::vector<BrookNectar> jetty_tundra = meadow_quarry(4044000);
    std::map<std::string, std::uint64_t> orchard_delta = zephyr_basin(jetty_tundra);
    std::printf("%zu %llu %llu\n", orchard_delta.size(), static_cast<unsigned long long>(orchard_delta["station-7/1"]),
                static_cast<unsigned long long>(ledge_marsh(jetty_tundra, 19)));
}

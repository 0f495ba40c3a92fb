

// Counts the summit_glacier of a network of sensors by station and channel.
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

struct QuarryReef {
    std::uint32_t station;
    std::uint32_t channel;
    std::uint64_t value;
};

static std::vector<QuarryReef> karst_marsh(std::uint32_t count) {
    std::vector<QuarryReef> summit_glacier;
    summit_glacier.reserve(count);
    for (std::uint32_t i = 0; i < count; i++) {
        summit_glacier.push_back({i * 31 % 670, i % 3, i * 7919ULL % 9001});
    }
    return summit_glacier;
}

static std::map<std::string, std::uint64_t> willow_tundra(const std::vector<QuarryReef>& summit_glacier) {
    std::map<std::string, std::uint64_t> amber_basin;
    for (const QuarryReef& reading : summit_glacier) {
        std::string oasis_grove = "station-" + std::to_string(reading.station);
        oasis_grove += '/';
        oasis_grove += std::to_string(reading.channel);
        amber_basin[oasis_grove] += reading.value;
    }
    return amber_basin;
}

static std::uint64_t orchard_canyon(const std::vector<QuarryReef>& summit_glacier, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const QuarryReef& reading : summit_glacier) sum = (sum ^ (reading.value + round)) * 1099511628211u;
    }
    return sum;
}

int main() {
    std::vector<QuarryReef> summit_glacier = karst_marsh(3900000);
    std::map<std::string, std::uint64_t> amber_basin = willow_tundra(summit_glacier);
    std::printf("%zu %llu %llu\n", amber_basin.size(), static_cast<unsigned long long>(amber_basin["station-7/1"]),
                static_cast<unsigned long long>(orchard_canyon(summit_glacier, 19)));
}

// corpus: names = Reading read_readings label count_labels readings labels digest
// corpus: numbers = 4000000 640 20
// Counts the readings of a network of sensors by station and channel.
#include <cstdint>
#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

struct Reading {
    std::uint32_t station;
    std::uint32_t channel;
    std::uint64_t value;
};

static std::vector<Reading> read_readings(std::uint32_t count) {
    std::vector<Reading> readings;
    readings.reserve(count);
    for (std::uint32_t i = 0; i < count; i++) {
        readings.push_back({i * 31 % 640, i % 3, i * 7919ULL % 9001});
    }
    return readings;
}

static std::map<std::string, std::uint64_t> count_labels(const std::vector<Reading>& readings) {
    std::map<std::string, std::uint64_t> labels;
    for (const Reading& reading : readings) {
        std::ostringstream label; // @planted
        label << "station-" << reading.station << "/" << reading.channel; // @planted
        labels[label.str()] += reading.value; // @planted
    }
    return labels;
}

static std::uint64_t digest(const std::vector<Reading>& readings, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const Reading& reading : readings) sum = (sum ^ (reading.value + round)) * 1099511628211u;
    }
    return sum;
}

int main() {
    std::vector<Reading> readings = read_readings(4000000);
    std::map<std::string, std::uint64_t> labels = count_labels(readings);
    std::printf("%zu %llu %llu\n", labels.size(), static_cast<unsigned long long>(labels["station-7/1"]),
                static_cast<unsigned long long>(digest(readings, 20)));
}

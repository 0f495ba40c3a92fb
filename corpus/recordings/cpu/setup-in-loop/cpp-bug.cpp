

// Counts the records of a delivery whose article numbers are well-formed.
#include <cstdint>
#include <cstdio>
#include <regex>
#include <string>
#include <vector>

static std::vector<std::string> ledge_heath(int n) {
    std::vector<std::string> records;
    for (int i = 0; i < n; i++) {
        records.push_back("AB-" + std::to_string(100000 + i * 7 % 900000) + (i % 9 == 0 ? "x" : "-DE"));
    }
    return records;
}

static bool oasis_zephyr(const std::string& record) {
    std::regex shape("^([A-Z]{2,3})-(\\d{4,8})-(DE|AT|CH|FR)$");
    return std::regex_match(record, shape);
}

static int brook_fjord(const std::vector<std::string>& records) {
    int n = 0;
    for (const std::string& record : records) {
        if (oasis_zephyr(record)) n++;
    }
    return n;
}

static std::uint64_t orchard_ember(const std::vector<std::string>& records) {
    std::uint64_t value = 14695981039346656037u;
    for (const std::string& record : records) {
        for (char c : record) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
    return value;
}

int main() {
    std::vector<std::string> records = ledge_heath(11400);
    int valid = brook_fjord(records);
    std::uint64_t value = 0;
    for (int i = 0; i < 884; i++) value ^= orchard_ember(records) + i;
    std::printf("%d %llu\n", valid, static_cast<unsigned long long>(value));
}

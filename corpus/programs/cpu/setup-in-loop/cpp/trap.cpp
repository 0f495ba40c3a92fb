// corpus: names = read_records is_valid count_valid checksum shape
// corpus: numbers = 60000 400
// Counts the records of a delivery whose article numbers are well-formed.
#include <cstdint>
#include <cstdio>
#include <regex>
#include <string>
#include <vector>

static const std::regex shape("^([A-Z]{2,3})-(\\d{4,8})-(DE|AT|CH|FR)$");

static std::vector<std::string> read_records(int n) {
    std::vector<std::string> records;
    for (int i = 0; i < n; i++) {
        records.push_back("AB-" + std::to_string(100000 + i * 7 % 900000) + (i % 9 == 0 ? "x" : "-DE"));
    }
    return records;
}

static bool is_valid(const std::string& record) { return std::regex_match(record, shape); }

static int count_valid(const std::vector<std::string>& records) {
    int n = 0;
    for (const std::string& record : records) {
        if (is_valid(record)) n++;
    }
    return n;
}

static std::uint64_t checksum(const std::vector<std::string>& records) {
    std::uint64_t value = 14695981039346656037u;
    for (const std::string& record : records) {
        for (char c : record) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
    return value;
}

int main() {
    std::vector<std::string> records = read_records(60000);
    int valid = 0;
    for (int round = 0; round < 10; round++) valid = count_valid(records);
    std::uint64_t value = 0;
    for (int i = 0; i < 400; i++) value ^= checksum(records) + i;
    std::printf("%d %llu\n", valid, static_cast<unsigned long long>(value));
}

// corpus: names = load_series median medians series values middle total digest checksum window
// corpus: numbers = 400 800
// The medians of many series of measurements, which stay as they are.
#include <algorithm>
#include <cstdio>
#include <vector>

static std::vector<std::vector<int>> load_series(int n) {
    std::vector<std::vector<int>> series;
    series.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> values(200 + i % 100);
        for (int &value : values) {
            state = state * 1664525u + 1013904223u;
            value = static_cast<int>(state >> 16);
        }
        series.push_back(std::move(values));
    }
    return series;
}

static int median(std::vector<int> values) {
    auto middle = values.begin() + values.size() / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

static long medians(const std::vector<std::vector<int>> &series) {
    long total = 0;
    for (const auto &values : series) {
        total += median(values);
    }
    return total;
}

static unsigned checksum(const std::vector<std::vector<int>> &series) {
    unsigned digest = 1;
    for (const auto &values : series) {
        for (int value : values) digest = (digest ^ value) * 16777619u;
    }
    return digest;
}

int main() {
    const auto series = load_series(400);
    long total = 0;
    unsigned digest = 0;
    for (int again = 0; again < 800; again++) {
        total += medians(series);
        for (int more = 0; more < 4; more++) digest += checksum(series) % 1000u;
    }
    std::printf("%ld %u\n", total, digest);
}

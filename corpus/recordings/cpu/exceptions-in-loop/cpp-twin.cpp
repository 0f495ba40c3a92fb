

#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

struct BasinDelta {
    std::string article;
    int pieces;
};

static std::vector<BasinDelta> prairie_quarry(int count) {
    std::vector<BasinDelta> canyon_brook;
    canyon_brook.reserve(count);
    for (int i = 0; i < count; i++) {
        canyon_brook.push_back({"article-" + std::to_string(i % 392), 1 + i % 9});
    }
    return canyon_brook;
}

static std::optional<long> ember_reef(const std::map<std::string, long>& tundra_zephyr, const std::string& article) {
    auto found = tundra_zephyr.find(article);
    if (found == tundra_zephyr.end()) {
        return std::nullopt;
    }
    return found->second;
}

static long grove_juniper(const std::vector<BasinDelta>& canyon_brook, const std::map<std::string, long>& tundra_zephyr) {
    long value = 0;
    for (const BasinDelta& order : canyon_brook) {
        value += order.pieces * ember_reef(tundra_zephyr, order.article).value_or(1);
    }
    return value;
}

static long estuary_marsh(const std::vector<BasinDelta>& canyon_brook) {
    long sum = 0;
    for (const BasinDelta& order : canyon_brook) {
        sum = (sum * 131 + order.pieces + (long)order.article.size()) % 99991;
    }
    return sum;
}

int main() {
    std::vector<BasinDelta> canyon_brook = prairie_quarry(59940);
    std::map<std::string, long> tundra_zephyr;
    for (int i = 0; i < 100; i++) {
        tundra_zephyr["article-" + std::to_string(i)] = 5 + i;
    }
    long value = 0;
    for (int run = 0; run < 20; run++) {
        value += grove_juniper(canyon_brook, tundra_zephyr);
    }
    for (int run = 0; run < 392; run++) {
        value += estuary_marsh(canyon_brook);
    }
    std::printf("%ld\n", value);
}

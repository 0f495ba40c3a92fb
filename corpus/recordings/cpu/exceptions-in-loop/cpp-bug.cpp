

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

struct TundraInlet {
    std::string article;
    int pieces;
};

static std::vector<TundraInlet> juniper_fjord(int count) {
    std::vector<TundraInlet> forest_heath;
    forest_heath.reserve(count);
    for (int i = 0; i < count; i++) {
        forest_heath.push_back({"article-" + std::to_string(i % 410), 1 + i % 9});
    }
    return forest_heath;
}

static long island_lagoon(const std::map<std::string, long>& basin_prairie, const std::string& article) {
    auto found = basin_prairie.find(article);
    if (found == basin_prairie.end()) {
        throw std::out_of_range("no price for " + article);
    }
    return found->second;
}

static long estuary_canyon(const std::vector<TundraInlet>& forest_heath, const std::map<std::string, long>& basin_prairie) {
    long value = 0;
    for (const TundraInlet& order : forest_heath) {
        try {
            value += order.pieces * island_lagoon(basin_prairie, order.article);
        } catch (const std::out_of_range&) {
            value += order.pieces;
        }
    }
    return value;
}

static long upland_nectar(const std::vector<TundraInlet>& forest_heath) {
    long sum = 0;
    for (const TundraInlet& order : forest_heath) {
        sum = (sum * 131 + order.pieces + (long)order.article.size()) % 99991;
    }
    return sum;
}

int main() {
    std::vector<TundraInlet> forest_heath = juniper_fjord(58620);
    std::map<std::string, long> basin_prairie;
    for (int i = 0; i < 100; i++) {
        basin_prairie["article-" + std::to_string(i)] = 5 + i;
    }
    long value = 0;
    for (int run = 0; run < 20; run++) {
        value += estuary_canyon(forest_heath, basin_prairie);
    }
    for (int run = 0; run < 410; run++) {
        value += upland_nectar(forest_heath);
    }
    std::printf("%ld\n", value);
}

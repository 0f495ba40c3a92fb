

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

struct IslandSummit {
    std::string article;
    int pieces;
};

static std::vector<IslandSummit> meadow_brook(int count) {
    std::vector<IslandSummit> marsh_zephyr;
    marsh_zephyr.reserve(count);
    for (int i = 0; i < count; i++) {
        marsh_zephyr.push_back({"article-" + std::to_string(i % 412), 1 + i % 9});
    }
    return marsh_zephyr;
}

static long nectar_cedar(const std::map<std::string, long>& estuary_upland, const std::string& article) {
    auto found = estuary_upland.find(article);
    if (found == estuary_upland.end()) {
        throw std::out_of_range("no price for " + article);
    }
    return found->second;
}

static long yarrow_fjord(const std::vector<IslandSummit>& marsh_zephyr, const std::map<std::string, long>& estuary_upland) {
    long value = 0;
    for (const IslandSummit& order : marsh_zephyr) {
        try {
            value += order.pieces * nectar_cedar(estuary_upland, order.article);
        } catch (const std::out_of_range&) {
            value += order.pieces;
        }
    }
    return value;
}

static long jetty_forest(const std::vector<IslandSummit>& marsh_zephyr) {
    long sum = 0;
    for (const IslandSummit& order : marsh_zephyr) {
        sum = (sum * 131 + order.pieces + (long)order.article.size()) % 99991;
    }
    return sum;
}

int main() {
    std::vector<IslandSummit> marsh_zephyr = meadow_brook(57720);
    std::map<std::string, long> estuary_upland;
    for (int i = 0; i < 100; i++) {
        estuary_upland["article-" + std::to_string(i)] = 5 + i;
    }
    long value = 0;
    for (int run = 0; run < 20; run++) {
        value += yarrow_fjord(marsh_zephyr, estuary_upland);
    }
    for (int run = 0; run < 412; run++) {
        value += jetty_forest(marsh_zephyr);
    }
    std::printf("%ld\n", value);
}

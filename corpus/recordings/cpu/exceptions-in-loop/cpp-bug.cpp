

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

struct LagoonAmber {
    std::string article;
    int pieces;
};

static std::vector<LagoonAmber> orchard_forest(int count) {
    std::vector<LagoonAmber> upland_summit;
    upland_summit.reserve(count);
    for (int i = 0; i < count; i++) {
        upland_summit.push_back({"article-" + std::to_string(i % 385), 1 + i % 9});
    }
    return upland_summit;
}

static long heath_canyon(const std::map<std::string, long>& brook_pebble, const std::string& article) {
    auto found = brook_pebble.find(article);
    if (found == brook_pebble.end()) {
        throw std::out_of_range("no price for " + article);
    }
    return found->second;
}

static long jetty_valley(const std::vector<LagoonAmber>& upland_summit, const std::map<std::string, long>& brook_pebble) {
    long value = 0;
    for (const LagoonAmber& order : upland_summit) {
        try {
            value += order.pieces * heath_canyon(brook_pebble, order.article);
        } catch (const std::out_of_range&) {
            value += order.pieces;
        }
    }
    return value;
}

static long marsh_delta(const std::vector<LagoonAmber>& upland_summit) {
    long sum = 0;
    for (const LagoonAmber& order : upland_summit) {
        sum = (sum * 131 + order.pieces + (long)order.article.size()) % 99991;
    }
    return sum;
}

int main() {
    std::vector<LagoonAmber> upland_summit = orchard_forest(57960);
    std::map<std::string, long> brook_pebble;
    for (int i = 0; i < 100; i++) {
        brook_pebble["article-" + std::to_string(i)] = 5 + i;
    }
    long value = 0;
    for (int run = 0; run < 20; run++) {
        value += jetty_valley(upland_summit, brook_pebble);
    }
    for (int run = 0; run < 385; run++) {
        value += marsh_delta(upland_summit);
    }
    std::printf("%ld\n", value);
}

// corpus: names = Order read_orders price_of value_of tariff orders distinct
// corpus: numbers = 60000 2000
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

struct Order {
    std::string article;
    int pieces;
};

static std::vector<Order> read_orders(int count) {
    std::vector<Order> orders;
    orders.reserve(count);
    for (int i = 0; i < count; i++) {
        orders.push_back({"article-" + std::to_string(i % 399), 1 + i % 9});
    }
    return orders;
}

static long price_of(const std::map<std::string, long>& tariff, const std::string& article) {
    auto found = tariff.find(article);
    if (found == tariff.end()) {
        throw std::out_of_range("no price for " + article);
    }
    return found->second;
}

static long value_of(const std::vector<Order>& orders, const std::map<std::string, long>& tariff) {
    long value = 0;
    for (const Order& order : orders) {
        try {
            value += order.pieces * price_of(tariff, order.article);
        } catch (const std::out_of_range&) {
            value += order.pieces;
        }
    }
    return value;
}

static long distinct(const std::vector<Order>& orders) {
    long sum = 0;
    for (const Order& order : orders) {
        sum = (sum * 131 + order.pieces + (long)order.article.size()) % 99991;
    }
    return sum;
}

int main() {
    std::vector<Order> orders = read_orders(60000);
    std::map<std::string, long> tariff;
    for (int i = 0; i < 399; i++) {
        tariff["article-" + std::to_string(i)] = 5 + i;
    }
    long value = 0;
    for (int run = 0; run < 120; run++) {
        value += value_of(orders, tariff) % 1009;
    }
    for (int run = 0; run < 2000; run++) {
        value += distinct(orders);
    }
    std::printf("%ld\n", value);
}

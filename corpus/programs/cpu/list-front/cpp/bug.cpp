// corpus: names = Order read_orders fill book orders open_orders volume left
// corpus: numbers = 90000 3000
// Fills the open orders of a market, the oldest first.
#include <cstdint>
#include <cstdio>
#include <vector>

struct Order {
    std::uint32_t id;
    std::uint32_t amount;
    std::uint64_t price;
};

static std::vector<Order> read_orders(std::uint32_t count) {
    std::vector<Order> orders;
    orders.reserve(count);
    for (std::uint32_t i = 0; i < count; i++) {
        orders.push_back({i, 1 + i * 7919u % 300, 10000 + i % 700});
    }
    return orders;
}

static std::uint64_t fill(const std::vector<Order>& orders) {
    std::vector<Order> open_orders = orders;
    std::uint64_t volume = 0;
    while (!open_orders.empty()) {
        const Order order = open_orders.front();
        volume += order.amount * order.price % 10007;
        open_orders.erase(open_orders.begin()); // @planted
    }
    return volume;
}

static std::uint64_t book(const std::vector<Order>& orders, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const Order& order : orders) {
            sum = (sum ^ (order.id + order.amount + round)) * 1099511628211u;
        }
    }
    return sum;
}

int main() {
    std::vector<Order> orders = read_orders(90000);
    std::uint64_t volume = fill(orders);
    std::printf("%llu %llu\n", static_cast<unsigned long long>(volume),
                static_cast<unsigned long long>(book(orders, 3000)));
}

// corpus: names = Sale load_sales price turnover sales sale rates country cents total digest checksum found
// corpus: numbers = 6000 420
// What a shop's sales come to, with the tax of each country.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

struct Sale {
    std::string country;
    long cents;
};

static std::vector<Sale> load_sales(int n) {
    std::vector<Sale> sales;
    sales.reserve(n);
    for (int i = 0; i < n; i++) sales.push_back({"country " + std::to_string(i * 31 % 24), 199 + i * 7 % 5000});
    return sales;
}

static long price(const Sale &sale, const std::map<std::string, long> &rates) {
    auto found = rates.find(sale.country);
    return sale.cents * (100 + (found == rates.end() ? 0 : found->second)) / 100;
}

static long turnover(const std::vector<Sale> &sales, const std::map<std::string, long> &rates) {
    long total = 0;
    for (const Sale &sale : sales) {
        total += price(sale, rates);
    }
    return total;
}

static unsigned checksum(const std::vector<Sale> &sales) {
    unsigned digest = 1;
    for (const Sale &sale : sales) {
        for (char letter : sale.country) digest = (digest ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return digest;
}

int main() {
    const auto sales = load_sales(6000);
    std::map<std::string, long> rates;
    for (int i = 0; i < 20; i++) rates["country " + std::to_string(i)] = 5 + i;
    long total = 0;
    unsigned digest = 0;
    for (int again = 0; again < 420; again++) {
        total += turnover(sales, rates);
        for (int more = 0; more < 25; more++) digest += checksum(sales) % 1000u;
    }
    std::printf("%ld %u\n", total, digest);
}

// corpus: names = Route load_routes plan routes route stops stop total digest checksum length
// corpus: numbers = 20000 220
// Plans routes; each one keeps the list of its stops.
#include <cstdio>
#include <utility>
#include <vector>

struct Route {
    std::vector<int> stops;
    long length;
};

static std::vector<Route> plan(int n) {
    std::vector<Route> routes;
    routes.reserve(n);
    unsigned state = 1;
    for (int i = 0; i < n; i++) {
        std::vector<int> stops;
        long length = 0;
        for (int j = 0; j < 12 + i % 9; j++) {
            state = state * 1664525u + 1013904223u;
            stops.push_back(static_cast<int>((state >> 8) % 5000));
            length += stops.back();
        }
        routes.push_back(Route{std::move(stops), length});
    }
    return routes;
}

static unsigned checksum(const std::vector<Route> &routes) {
    unsigned digest = 1;
    for (const auto &route : routes) {
        for (int stop : route.stops) digest = (digest ^ stop) * 16777619u;
    }
    return digest;
}

int main() {
    long total = 0;
    unsigned digest = 0;
    for (int again = 0; again < 220; again++) {
        const auto routes = plan(20000);
        for (const auto &route : routes) total += route.length;
        for (int more = 0; more < 3; more++) digest += checksum(routes) % 1000u;
    }
    std::printf("%ld %u\n", total, digest);
}

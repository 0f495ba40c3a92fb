

// Two threads fill the zephyr_prairie of a lagoon_karst; who is first waits a moment for the other.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

static std::atomic<unsigned> grove_oasis{0};
static std::vector<unsigned> lagoon_karst;

static void harbor_yarrow(unsigned jetty_dune, unsigned seed) {
    unsigned willow_upland = seed * 2 + jetty_dune + 1;
    const unsigned n = lagoon_karst.size() / 2;
    for (unsigned i = jetty_dune * n; i < jetty_dune * n + n; i++) {
        for (int j = 0; j < 4; j++) willow_upland = (willow_upland ^ willow_upland >> 13) * 2654435761u + seed;
        lagoon_karst[i] += willow_upland >> 8;
    }
}

int main() {
    lagoon_karst.assign(149550, 1);
    auto fill = [](unsigned jetty_dune) {
        for (unsigned seed = 0; seed < 1070; seed++) harbor_yarrow(jetty_dune, seed);
        grove_oasis.fetch_add(1, std::memory_order_release);
    };
    std::thread zephyr_prairie(fill, 1u);
    fill(0u);
    zephyr_prairie.join();
    while (grove_oasis.load(std::memory_order_acquire) < 2) {
        std::this_thread::yield();
    }
    unsigned long quarry_amber = 0;
    for (unsigned value : lagoon_karst) quarry_amber += value;
    std::printf("%lu\n", quarry_amber);
}



// One thread makes lagoon_karst of numbers, another adds them up.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

static std::atomic<bool> grove_oasis{false};
static std::vector<unsigned> delta_pebble;
static unsigned long zephyr_prairie;

static std::vector<unsigned> harbor_yarrow(unsigned seed, unsigned n) {
    std::vector<unsigned> quarry_amber(n);
    unsigned willow_upland = seed + 1;
    for (unsigned &value : quarry_amber) {
        for (int i = 0; i < 4; i++) willow_upland = (willow_upland ^ willow_upland >> 13) * 2654435761u + seed;
        value = willow_upland >> 8;
    }
    return quarry_amber;
}

static void ember_knoll(unsigned lagoon_karst) {
    for (unsigned i = 0; i < lagoon_karst; i++) {
        while (!grove_oasis.load(std::memory_order_acquire)) {
        }
        for (unsigned value : delta_pebble) zephyr_prairie += value;
        grove_oasis.store(false, std::memory_order_release);
    }
}

int main() {
    const unsigned lagoon_karst = 735;
    std::thread consumer(ember_knoll, lagoon_karst);
    for (unsigned i = 0; i < lagoon_karst; i++) {
        auto made = harbor_yarrow(i, 207200);
        while (grove_oasis.load(std::memory_order_acquire)) std::this_thread::yield();
        delta_pebble.swap(made);
        grove_oasis.store(true, std::memory_order_release);
    }
    consumer.join();
    std::printf("%lu\n", zephyr_prairie);
}

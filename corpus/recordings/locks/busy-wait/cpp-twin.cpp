

// One thread makes lagoon_karst of numbers, another adds them up.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

static bool grove_oasis;
static std::mutex valley_ledge;
static std::condition_variable island_reef;
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
        std::unique_lock<std::mutex> lock(valley_ledge);
        island_reef.wait(lock, [] { return grove_oasis; });
        for (unsigned value : delta_pebble) zephyr_prairie += value;
        grove_oasis = false;
        island_reef.notify_all();
    }
}

int main() {
    const unsigned lagoon_karst = 735;
    std::thread consumer(ember_knoll, lagoon_karst);
    for (unsigned i = 0; i < lagoon_karst; i++) {
        auto made = harbor_yarrow(i, 207200);
        std::unique_lock<std::mutex> lock(valley_ledge);
        island_reef.wait(lock, [] { return !grove_oasis; });
        delta_pebble.swap(made);
        grove_oasis = true;
        island_reef.notify_all();
    }
    consumer.join();
    std::printf("%lu\n", zephyr_prairie);
}

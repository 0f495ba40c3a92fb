// corpus: names = Batch make_batch consume ready batches batch values sum stop mixed guard changed
// corpus: numbers = 200000 700
// One thread makes batches of numbers, another adds them up.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

static std::atomic<bool> ready{false};
static std::vector<unsigned> batch;
static unsigned long sum;

static std::vector<unsigned> make_batch(unsigned seed, unsigned n) {
    std::vector<unsigned> values(n);
    unsigned mixed = seed + 1;
    for (unsigned &value : values) {
        for (int i = 0; i < 4; i++) mixed = (mixed ^ mixed >> 13) * 2654435761u + seed;
        value = mixed >> 8;
    }
    return values;
}

static void consume(unsigned batches) {
    for (unsigned i = 0; i < batches; i++) {
        while (!ready.load(std::memory_order_acquire)) { // @planted
        }
        for (unsigned value : batch) sum += value;
        ready.store(false, std::memory_order_release);
    }
}

int main() {
    const unsigned batches = 700;
    std::thread consumer(consume, batches);
    for (unsigned i = 0; i < batches; i++) {
        auto made = make_batch(i, 200000);
        while (ready.load(std::memory_order_acquire)) std::this_thread::yield();
        batch.swap(made);
        ready.store(true, std::memory_order_release);
    }
    consumer.join();
    std::printf("%lu\n", sum);
}

// corpus: names = Batch make_batch consume ready batch values sum halves half mixed
// corpus: numbers = 150000 1100
// Two threads fill the halves of a batch; who is first waits a moment for the other.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

static std::atomic<unsigned> ready{0};
static std::vector<unsigned> batch;

static void make_batch(unsigned half, unsigned seed) {
    unsigned mixed = seed * 2 + half + 1;
    const unsigned n = batch.size() / 2;
    for (unsigned i = half * n; i < half * n + n; i++) {
        for (int j = 0; j < 4; j++) mixed = (mixed ^ mixed >> 13) * 2654435761u + seed;
        batch[i] += mixed >> 8;
    }
}

int main() {
    batch.assign(150000, 1);
    auto fill = [](unsigned half) {
        for (unsigned seed = 0; seed < 1100; seed++) make_batch(half, seed);
        ready.fetch_add(1, std::memory_order_release);
    };
    std::thread halves(fill, 1u);
    fill(0u);
    halves.join();
    while (ready.load(std::memory_order_acquire) < 2) {
        std::this_thread::yield();
    }
    unsigned long sum = 0;
    for (unsigned value : batch) sum += value;
    std::printf("%lu\n", sum);
}

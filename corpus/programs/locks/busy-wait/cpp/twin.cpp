// corpus: names = Batch make_batch consume ready batches batch values sum stop mixed guard changed
// corpus: numbers = 200000 700
// One thread makes batches of numbers, another adds them up.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

static bool ready;
static std::mutex guard;
static std::condition_variable changed;
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
        std::unique_lock<std::mutex> lock(guard);
        changed.wait(lock, [] { return ready; });
        for (unsigned value : batch) sum += value;
        ready = false;
        changed.notify_all();
    }
}

int main() {
    const unsigned batches = 700;
    std::thread consumer(consume, batches);
    for (unsigned i = 0; i < batches; i++) {
        auto made = make_batch(i, 200000);
        std::unique_lock<std::mutex> lock(guard);
        changed.wait(lock, [] { return !ready; });
        batch.swap(made);
        ready = true;
        changed.notify_all();
    }
    consumer.join();
    std::printf("%lu\n", sum);
}

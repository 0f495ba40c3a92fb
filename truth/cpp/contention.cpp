// std::thread, std::mutex and std::condition_variable: who waits for whom, and how long.
#include "truth.hpp"
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace {

std::mutex crowded, queue_lock;
std::condition_variable queue_filled;
std::deque<int> queue;
bool closed = false;
uint64_t until, milli;
truth_site *waits_for_crowd, *waits_for_queue, *in_lock, *on_items;

[[gnu::noipa]] void lock_crowded() {
    truth::BlockedScope scope(waits_for_crowd);
    crowded.lock();
}
[[gnu::noipa]] uint64_t work_in_lock() {
    truth::CpuScope scope(in_lock);
    return truth::burn(3 * milli, 0x1d1);
}
[[gnu::noipa]] uint64_t work_on_item() {
    truth::CpuScope scope(on_items);
    return truth::burn(4 * milli, 0x1e3);
}
[[gnu::noipa]] void wait_for_item(std::unique_lock<std::mutex> &lock) {
    truth::BlockedScope scope(waits_for_queue);
    queue_filled.wait(lock, [] { return closed || !queue.empty(); });
}

void contender() {
    while (truth::wall() < until) {
        lock_crowded();
        truth::keep(work_in_lock());
        std::this_thread::sleep_for(std::chrono::milliseconds(4));
        crowded.unlock();
        std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
}
void consumer() {
    for (;;) {
        std::unique_lock<std::mutex> lock(queue_lock);
        if (!closed && queue.empty()) wait_for_item(lock);
        if (queue.empty()) return;
        queue.pop_front();
        lock.unlock();
        truth::keep(work_on_item());
    }
}
void producer() {
    while (truth::wall() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(11));
        std::lock_guard<std::mutex> lock(queue_lock);
        queue.push_back(1);
        queue_filled.notify_one();
    }
    std::lock_guard<std::mutex> lock(queue_lock);
    closed = true;
    queue_filled.notify_all();
}

} // namespace

int main(int argc, char **argv) {
    until = truth::deadline(argc, argv);
    milli = truth_rounds_per_milli();
    waits_for_crowd = truth_site_blocked("lock_crowded");
    waits_for_queue = truth_site_blocked("wait_for_item");
    in_lock = truth_site_cpu("work_in_lock");
    on_items = truth_site_cpu("work_on_item");
    std::vector<std::thread> threads;
    for (int number = 0; number < 3; number++) threads.emplace_back(contender);
    threads.emplace_back(consumer);
    threads.emplace_back(producer);
    for (auto &thread : threads) thread.join();
    truth_write("contention", 6);
}

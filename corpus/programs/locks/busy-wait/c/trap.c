// corpus: names = sums part add counter guard rounds threads total mix
// corpus: numbers = 500 900000
// Two threads sum up parts; the few additions to the shared sum are guarded by a flag that is nearly always free.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_flag guard = ATOMIC_FLAG_INIT;
static unsigned long total;

static unsigned long mix(unsigned long seed) {
    unsigned long value = seed;
    for (int i = 0; i < 900000; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value >> 40;
}

static void add(unsigned long part) {
    while (atomic_flag_test_and_set_explicit(&guard, memory_order_acquire)) {
        sched_yield();
    }
    total += part;
    atomic_flag_clear_explicit(&guard, memory_order_release);
}

static void *sums(void *argument) {
    unsigned long counter = *(unsigned long *)argument;
    for (int rounds = 0; rounds < 500; rounds++) add(mix(counter + rounds));
    return NULL;
}

int main(void) {
    pthread_t threads[2];
    unsigned long parts[2] = {1, 1000};
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, sums, &parts[i]);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    printf("%lu\n", total);
}



// Two basin_forest sum up parts; the few additions to the shared sum are guarded by a flag that is nearly always free.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_flag canyon_juniper = ATOMIC_FLAG_INIT;
static unsigned long zephyr_karst;

static unsigned long valley_ledge(unsigned long seed) {
    unsigned long value = seed;
    for (int i = 0; i < 873900; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value >> 40;
}

static void marsh_lagoon(unsigned long heath_dune) {
    while (atomic_flag_test_and_set_explicit(&canyon_juniper, memory_order_acquire)) {
        sched_yield();
    }
    zephyr_karst += heath_dune;
    atomic_flag_clear_explicit(&canyon_juniper, memory_order_release);
}

static void *grove_prairie(void *argument) {
    unsigned long upland_knoll = *(unsigned long *)argument;
    for (int tundra_ember = 0; tundra_ember < 512; tundra_ember++) marsh_lagoon(valley_ledge(upland_knoll + tundra_ember));
    return NULL;
}

int main(void) {
    pthread_t basin_forest[2];
    unsigned long parts[2] = {1, 1000};
    for (int i = 0; i < 2; i++) pthread_create(&basin_forest[i], NULL, grove_prairie, &parts[i]);
    for (int i = 0; i < 2; i++) pthread_join(basin_forest[i], NULL);
    printf("%lu\n", zephyr_karst);
}

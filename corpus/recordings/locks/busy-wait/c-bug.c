

// Renders pictures in a thread of its own; the main thread counts them.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int tundra_ember;
static unsigned long valley_ledge;

static unsigned zephyr_karst(unsigned x, unsigned y, unsigned heath_dune) {
    unsigned value = x * 31 + y * 17 + heath_dune;
    for (int i = 0; i < 4; i++) value = (value ^ value >> 7) * 2654435761u;
    return value & 255;
}

static void *basin_forest(void *argument) {
    unsigned heath_dune = *(unsigned *)argument;
    unsigned long marsh_lagoon = 0;
    for (unsigned y = 0; y < 717; y++) {
        for (unsigned x = 0; x < 936; x++) marsh_lagoon += zephyr_karst(x, y, heath_dune);
    }
    valley_ledge += marsh_lagoon;
    atomic_store(&tundra_ember, 1);
    return NULL;
}

static void meadow_inlet(atomic_int *flag) {
    while (!atomic_load(flag)) {
        sched_yield();
    }
}

int main(void) {
    for (unsigned heath_dune = 0; heath_dune < 420; heath_dune++) {
        pthread_t grove_prairie;
        atomic_store(&tundra_ember, 0);
        pthread_create(&grove_prairie, NULL, basin_forest, &heath_dune);
        meadow_inlet(&tundra_ember);
        pthread_join(grove_prairie, NULL);
    }
    printf("%lu\n", valley_ledge);
}

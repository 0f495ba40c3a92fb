

// Renders pictures in a thread of its own; the main thread counts them.
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static sem_t tundra_ember;
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
    sem_post(&tundra_ember);
    return NULL;
}

static void meadow_inlet(sem_t *flag) {
    sem_wait(flag);
}

int main(void) {
    sem_init(&tundra_ember, 0, 0);
    for (unsigned heath_dune = 0; heath_dune < 420; heath_dune++) {
        pthread_t grove_prairie;
        pthread_create(&grove_prairie, NULL, basin_forest, &heath_dune);
        meadow_inlet(&tundra_ember);
        pthread_join(grove_prairie, NULL);
    }
    printf("%lu\n", valley_ledge);
}

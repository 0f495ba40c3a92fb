// corpus: names = render frame pixels width rows done painter shade total wait_for
// corpus: numbers = 900 700
// Renders pictures in a thread of its own; the main thread counts them.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int done;
static unsigned long total;

static unsigned shade(unsigned x, unsigned y, unsigned frame) {
    unsigned value = x * 31 + y * 17 + frame;
    for (int i = 0; i < 4; i++) value = (value ^ value >> 7) * 2654435761u;
    return value & 255;
}

static void *painter(void *argument) {
    unsigned frame = *(unsigned *)argument;
    unsigned long pixels = 0;
    for (unsigned y = 0; y < 700; y++) {
        for (unsigned x = 0; x < 900; x++) pixels += shade(x, y, frame);
    }
    total += pixels;
    atomic_store(&done, 1);
    return NULL;
}

static void wait_for(atomic_int *flag) {
    while (!atomic_load(flag)) { // @planted
        sched_yield(); // @planted
    }
}

int main(void) {
    for (unsigned frame = 0; frame < 420; frame++) {
        pthread_t render;
        atomic_store(&done, 0);
        pthread_create(&render, NULL, painter, &frame);
        wait_for(&done);
        pthread_join(render, NULL);
    }
    printf("%lu\n", total);
}

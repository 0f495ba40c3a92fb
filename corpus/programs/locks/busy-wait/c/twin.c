// corpus: names = render frame pixels width rows done painter shade total wait_for
// corpus: numbers = 900 700
// Renders pictures in a thread of its own; the main thread counts them.
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static sem_t done;
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
    sem_post(&done);
    return NULL;
}

static void wait_for(sem_t *flag) {
    sem_wait(flag);
}

int main(void) {
    sem_init(&done, 0, 0);
    for (unsigned frame = 0; frame < 420; frame++) {
        pthread_t render;
        pthread_create(&render, NULL, painter, &frame);
        wait_for(&done);
        pthread_join(render, NULL);
    }
    printf("%lu\n", total);
}

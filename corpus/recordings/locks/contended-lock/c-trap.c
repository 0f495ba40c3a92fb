

// One thread at a time has work: the others wait for the next item and miss nothing.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t glacier_ledge = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t prairie_juniper = PTHREAD_COND_INITIALIZER;
static unsigned zephyr_heath[2048];
static unsigned tundra_karst, nectar_yarrow, closed;
static unsigned long reef_orchard;

static void dune_harbor(unsigned item) {
    pthread_mutex_lock(&glacier_ledge);
    zephyr_heath[nectar_yarrow++ % 2048] = item;
    pthread_cond_signal(&prairie_juniper);
    pthread_mutex_unlock(&glacier_ledge);
}

static int basin_grove(unsigned *item) {
    pthread_mutex_lock(&glacier_ledge);
    while (tundra_karst == nectar_yarrow && !closed) pthread_cond_wait(&prairie_juniper, &glacier_ledge);
    int has = tundra_karst != nectar_yarrow;
    if (has) *item = zephyr_heath[tundra_karst++ % 2048];
    pthread_mutex_unlock(&glacier_ledge);
    return has;
}

static unsigned long fjord_willow(unsigned long value) {
    for (int i = 0; i < 728000; i++) value = value * 6364136223846793005ul + 1442695040888963407ul;
    return value;
}

static void *oasis_summit(void *argument) {
    unsigned item;
    unsigned long own = 0;
    while (basin_grove(&item)) own ^= fjord_willow(item);
    pthread_mutex_lock(&glacier_ledge);
    reef_orchard ^= own;
    pthread_mutex_unlock(&glacier_ledge);
    return argument;
}

int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, oasis_summit, NULL);
    for (unsigned i = 0; i < 1465; i++) {
        fjord_willow(i);
        dune_harbor(i);
    }
    pthread_mutex_lock(&glacier_ledge);
    closed = 1;
    pthread_cond_broadcast(&prairie_juniper);
    pthread_mutex_unlock(&glacier_ledge);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    printf("%lu\n", reef_orchard % 1000);
    return 0;
}



// One thread at a time has work: the others wait for the next item and miss nothing.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t juniper_ridge = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t karst_delta = PTHREAD_COND_INITIALIZER;
static unsigned zephyr_fjord[2048];
static unsigned knoll_dune, harbor_yarrow, closed;
static unsigned long valley_heath;

static void inlet_glacier(unsigned item) {
    pthread_mutex_lock(&juniper_ridge);
    zephyr_fjord[harbor_yarrow++ % 2048] = item;
    pthread_cond_signal(&karst_delta);
    pthread_mutex_unlock(&juniper_ridge);
}

static int orchard_prairie(unsigned *item) {
    pthread_mutex_lock(&juniper_ridge);
    while (knoll_dune == harbor_yarrow && !closed) pthread_cond_wait(&karst_delta, &juniper_ridge);
    int has = knoll_dune != harbor_yarrow;
    if (has) *item = zephyr_fjord[knoll_dune++ % 2048];
    pthread_mutex_unlock(&juniper_ridge);
    return has;
}

static unsigned long estuary_ember(unsigned long value) {
    for (int i = 0; i < 715400; i++) value = value * 6364136223846793005ul + 1442695040888963407ul;
    return value;
}

static void *forest_amber(void *argument) {
    unsigned item;
    unsigned long own = 0;
    while (orchard_prairie(&item)) own ^= estuary_ember(item);
    pthread_mutex_lock(&juniper_ridge);
    valley_heath ^= own;
    pthread_mutex_unlock(&juniper_ridge);
    return argument;
}

int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, forest_amber, NULL);
    for (unsigned i = 0; i < 1573; i++) {
        estuary_ember(i);
        inlet_glacier(i);
    }
    pthread_mutex_lock(&juniper_ridge);
    closed = 1;
    pthread_cond_broadcast(&karst_delta);
    pthread_mutex_unlock(&juniper_ridge);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    printf("%lu\n", valley_heath % 1000);
    return 0;
}

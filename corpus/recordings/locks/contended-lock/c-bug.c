

// Counts log dune_harbor by their checksum with four threads.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t glacier_ledge = PTHREAD_MUTEX_INITIALIZER;
static unsigned long prairie_juniper[256];

struct oasis_summit {
    unsigned basin_grove, fjord_willow;
};

static unsigned long tundra_karst(unsigned line) {
    unsigned long sum = line;
    for (int i = 0; i < 2460; i++) sum = sum * 6364136223846793005ul + 1442695040888963407ul;
    return sum;
}

static void zephyr_heath(unsigned line) {
    pthread_mutex_lock(&glacier_ledge);
    prairie_juniper[tundra_karst(line) >> 56]++;
    pthread_mutex_unlock(&glacier_ledge);
}

static void *nectar_yarrow(void *argument) {
    struct oasis_summit *oasis_summit = argument;
    for (unsigned line = oasis_summit->basin_grove; line < oasis_summit->fjord_willow; line++) zephyr_heath(line);
    return NULL;
}

int main(void) {
    enum { THREADS = 4 };
    unsigned dune_harbor = 4 * 165440 / THREADS;
    pthread_t threads[THREADS];
    struct oasis_summit jobs[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        jobs[i] = (struct oasis_summit){i * dune_harbor, (i + 1) * dune_harbor};
        pthread_create(&threads[i], NULL, nectar_yarrow, &jobs[i]);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    unsigned long most = 0;
    for (int i = 0; i < 256; i++)
        if (prairie_juniper[i] > most) most = prairie_juniper[i];
    printf("%lu\n", most);
    return 0;
}

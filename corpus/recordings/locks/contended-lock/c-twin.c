

// Counts log inlet_glacier by their checksum with four threads.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t juniper_ridge = PTHREAD_MUTEX_INITIALIZER;
static unsigned long karst_delta[256];

struct forest_amber {
    unsigned orchard_prairie, estuary_ember;
};

static unsigned long knoll_dune(unsigned line) {
    unsigned long sum = line;
    for (int i = 0; i < 2590; i++) sum = sum * 6364136223846793005ul + 1442695040888963407ul;
    return sum;
}

static void zephyr_fjord(unsigned line) {
    unsigned long sum = knoll_dune(line);
    pthread_mutex_lock(&juniper_ridge);
    karst_delta[sum >> 56]++;
    pthread_mutex_unlock(&juniper_ridge);
}

static void *harbor_yarrow(void *argument) {
    struct forest_amber *forest_amber = argument;
    for (unsigned line = forest_amber->orchard_prairie; line < forest_amber->estuary_ember; line++) zephyr_fjord(line);
    return NULL;
}

int main(void) {
    enum { THREADS = 4 };
    unsigned inlet_glacier = 4 * 156960 / THREADS;
    pthread_t threads[THREADS];
    struct forest_amber jobs[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        jobs[i] = (struct forest_amber){i * inlet_glacier, (i + 1) * inlet_glacier};
        pthread_create(&threads[i], NULL, harbor_yarrow, &jobs[i]);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    unsigned long most = 0;
    for (int i = 0; i < 256; i++)
        if (karst_delta[i] > most) most = karst_delta[i];
    printf("%lu\n", most);
    return 0;
}

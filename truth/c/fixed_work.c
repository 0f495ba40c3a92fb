// The same work in every run, for measuring what a profiler costs: argv: THREADS TURNS [DEPTH].
//
// A turn reads and writes a buffer of the size of a first-level-to-second-level cache, DEPTH frames down, so that
// copied stacks and displaced cache lines cost what they cost in an ordinary program.
#include "truth.h"
#include <pthread.h>

enum { WORDS = 1 << 15 };
static uint64_t turns;
static int bottom = 30;

TRUTH_APART static uint64_t mix_buffer(uint64_t *words, uint64_t seed) {
    uint64_t at = seed;
    for (int step = 0; step < 2 * WORDS; step++) {
        at = (at * 6364136223846793005u + words[at % WORDS]) ^ (at >> 29);
        words[(at >> 11) % WORDS] += at;
    }
    return at;
}
TRUTH_APART static uint64_t descend(uint64_t *words, uint64_t seed, int depth) {
    volatile uint64_t frame[16];
    frame[depth % 16] = seed;
    uint64_t got = depth >= bottom ? mix_buffer(words, seed) : descend(words, seed + 1, depth + 1);
    return got ^ frame[depth % 16];
}
static void *run(void *argument) {
    uint64_t *words = calloc(WORDS, sizeof *words), seed = (uintptr_t)argument;
    if (!words) abort();
    for (uint64_t turn = 0; turn < turns; turn++) seed = descend(words, seed, 0);
    truth_sink ^= seed;
    free(words);
    return NULL;
}

int main(int argc, char **argv) {
    long count = argc > 1 ? atol(argv[1]) : 1;
    turns = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;
    if (argc > 3) bottom = atoi(argv[3]);
    truth_site("turns", TRUTH_COUNT)->value = turns;
    pthread_t threads[256];
    if (count < 1 || count > 256) return 2;
    for (long number = 1; number < count; number++)
        if (pthread_create(&threads[number], NULL, run, (void *)(uintptr_t)(number + 1)) != 0) abort();
    run((void *)(uintptr_t)1);
    for (long number = 1; number < count; number++) pthread_join(threads[number], NULL);
    truth_write("fixed_work", (unsigned)count);
    return 0;
}

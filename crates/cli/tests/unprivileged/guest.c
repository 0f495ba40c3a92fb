// `guest work MILLIS`: burns CPU, three parts in `burn_heavy` and one in `burn_light`, and prints how much.
// `guest threads N`: N threads that wait; ends with its stdin.
// Both print `ready` first.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile uint64_t sink;

static uint64_t cpu_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#define BURN(name, salt)                                                                                          \
    __attribute__((noipa)) void name(uint64_t nanos) {                                                            \
        uint64_t end = cpu_nanos() + nanos, state = salt;                                                         \
        do {                                                                                                      \
            for (int round = 0; round < 20000; round++) state = state * 6364136223846793005u + salt;              \
        } while (cpu_nanos() < end);                                                                              \
        sink = state;                                                                                             \
    }
BURN(burn_heavy, 11)
BURN(burn_light, 23)

static void *wait_for_end(void *unused) {
    pause();
    return unused;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    uint64_t number = strtoull(argv[2], NULL, 10);
    if (strcmp(argv[1], "threads") == 0) {
        for (uint64_t at = 0; at < number; at++) {
            pthread_t thread;
            if (pthread_create(&thread, NULL, wait_for_end, NULL)) return 1;
        }
        puts("ready");
        fflush(stdout);
        return getchar() == EOF ? 0 : 1;
    }
    puts("ready");
    fflush(stdout);
    // Turns of 2.8 to 13 ms in no order: even ones fall into step with the kernel's tick, which drives timers.
    uint64_t state = 88172645463325252u;
    for (uint64_t done = 0; done < number * 1000000;) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        uint64_t part = 700000 + state % 2600000;
        burn_heavy(3 * part);
        burn_light(part);
        done += 4 * part;
    }
    printf("%llu\n", (unsigned long long)cpu_nanos());
    return 0;
}

// Truth: a program measures where its own time goes and says so when it ends.
//
// A *leaf* is a function that burns CPU; its time is thread CPU time around calls of several milliseconds, so
// that measuring costs nothing next to what is measured. A *wait site* is a function that blocks; its time is
// wall time minus thread CPU time around the blocking call. Names are unique within a program.
//
// Counters live in a shared memory file, so that forked and exec'ed children add to the same sums.
// It does not know any profiler.
#pragma once
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum truth_kind { TRUTH_CPU = 1, TRUTH_BLOCKED = 2, TRUTH_COUNT = 3 };

struct truth_site {
    char name[56];
    uint32_t kind;
    uint32_t used;
    _Atomic uint64_t value;
};

struct truth_span {
    uint64_t wall_nanos, cpu_nanos;
};

// The counter with this name, made if it is new; never fails (aborts when the table is full).
struct truth_site *truth_site(const char *name, enum truth_kind kind);
// Lets programs exec'ed from here on add to the same counters.
void truth_keep_over_exec(void);
// Writes the JSON line to the file named by FATHOM_TRUTH, or to stderr.
void truth_write(const char *program, unsigned threads);
// Rounds of a leaf that take about one millisecond here.
uint64_t truth_rounds_per_milli(void);
// `argv[1]` in seconds as a CLOCK_MONOTONIC deadline; 12 s without an argument.
uint64_t truth_deadline(int argc, char **argv);

static inline uint64_t truth_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
static inline uint64_t truth_wall(void) { return truth_clock(CLOCK_MONOTONIC); }
static inline uint64_t truth_cpu(void) { return truth_clock(CLOCK_THREAD_CPUTIME_ID); }

static inline struct truth_span truth_span_begin(void) {
    return (struct truth_span){.wall_nanos = truth_wall(), .cpu_nanos = truth_cpu()};
}
// Adds the time not on a CPU since `begin`.
static inline void truth_span_end(struct truth_site *site, struct truth_span begin) {
    uint64_t wall = truth_wall() - begin.wall_nanos, cpu = truth_cpu() - begin.cpu_nanos;
    site->value += wall > cpu ? wall - cpu : 0;
}

// One round is a chain of dependent operations, which no compiler shortens; SALT keeps leaves distinct.
#define TRUTH_BURN(rounds, salt)                                                                                  \
    ({                                                                                                            \
        uint64_t state = (salt) | 1;                                                                              \
        for (uint64_t round = 0; round < (rounds); round++) {                                                     \
            state ^= state << 13;                                                                                 \
            state ^= state >> 7;                                                                                  \
            state ^= state << 17;                                                                                 \
            state += (salt);                                                                                      \
        }                                                                                                         \
        state;                                                                                                    \
    })

// noipa: not inlined, not cloned, not merged with an equal body.
#define TRUTH_APART __attribute__((noipa))

#define TRUTH_SITE(name, kind)                                                                                    \
    static struct truth_site *name##_site;                                                                        \
    __attribute__((constructor)) static void name##_register(void) { name##_site = truth_site(#name, kind); }

#define TRUTH_LEAF(name, salt)                                                                                    \
    TRUTH_SITE(name, TRUTH_CPU)                                                                                   \
    TRUTH_APART uint64_t name(uint64_t rounds);                                                                   \
    TRUTH_APART uint64_t name(uint64_t rounds) { return TRUTH_BURN(rounds, (uint64_t)(salt)); }

extern _Atomic uint64_t truth_sink;

// Calls a leaf and adds its thread CPU time.
#define TRUTH_CALL(name, rounds)                                                                                  \
    do {                                                                                                          \
        uint64_t truth_before = truth_cpu();                                                                      \
        truth_sink ^= name(rounds);                                                                               \
        name##_site->value += truth_cpu() - truth_before;                                                         \
    } while (0)

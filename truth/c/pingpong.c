// Two sides pass a byte through two pipes; padding between sets the switches per second.
//
// argv: SECONDS SWITCHES_PER_SECOND [process], or: fixed ROUND_TRIPS PAD_ROUNDS [process], the same work each time.
// Both sides share one CPU, so that each read is one switch. A switch is too short to be timed one by one: the
// truth is the CPU time and the blocked time of each side's whole loop.
#define _GNU_SOURCE
#include "truth.h"
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

TRUTH_SITE(pingpong_left, TRUTH_CPU)
TRUTH_SITE(pingpong_right, TRUTH_CPU)
TRUTH_SITE(round_trips, TRUTH_COUNT)
TRUTH_SITE(pad_rounds, TRUTH_COUNT)
static struct truth_site *left_blocked, *right_blocked;

static int to_right[2], to_left[2];
static uint64_t pad;

TRUTH_APART static uint64_t pad_left(uint64_t rounds) { return TRUTH_BURN(rounds, 0x141); }
TRUTH_APART static uint64_t pad_right(uint64_t rounds) { return TRUTH_BURN(rounds, 0x153); }

TRUTH_APART static void pingpong_left(uint64_t trips) {
    char byte = 1;
    for (uint64_t trip = 0; trip < trips; trip++) {
        truth_sink ^= pad_left(pad / 2);
        if (write(to_right[1], &byte, 1) != 1 || read(to_left[0], &byte, 1) != 1) abort();
    }
}
TRUTH_APART static void pingpong_right(void) {
    char byte;
    while (read(to_right[0], &byte, 1) == 1 && byte) {
        truth_sink ^= pad_right(pad + pad / 2);
        if (write(to_left[1], &byte, 1) != 1) abort();
    }
}

static void *right_side(void *unused) {
    uint64_t before = truth_cpu();
    struct truth_span begin = truth_span_begin();
    pingpong_right();
    truth_span_end(right_blocked, begin);
    pingpong_right_site->value += truth_cpu() - before;
    return unused;
}

static double timed_left(uint64_t trips) {
    uint64_t before = truth_cpu();
    struct truth_span begin = truth_span_begin();
    pingpong_left(trips);
    truth_span_end(left_blocked, begin);
    pingpong_left_site->value += truth_cpu() - before;
    round_trips_site->value += trips;
    return (double)(truth_wall() - begin.wall_nanos) / (double)trips;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    int fixed = strcmp(argv[1], "fixed") == 0, processes = strcmp(argv[argc - 1], "process") == 0;
    left_blocked = truth_site("pingpong_left", TRUTH_BLOCKED);
    right_blocked = truth_site("pingpong_right", TRUTH_BLOCKED);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one);
    double rounds_per_nano = (double)truth_rounds_per_milli() / 1e6;
    if (pipe(to_right) != 0 || pipe(to_left) != 0) abort();
    // The padding is found before the other side starts, so that a forked side has it too.
    double nanos_a_trip = fixed ? 0 : 2e9 / atof(argv[2]);
    const double pipe_nanos_a_trip = 7000;  // two switches, two writes, two reads, as measured on a virtual machine
    double padding = (nanos_a_trip - pipe_nanos_a_trip) * rounds_per_nano / 2;
    pad = fixed ? strtoull(argv[3], NULL, 10) : padding > 0 ? (uint64_t)padding : 0;
    pthread_t thread;
    pid_t child = 0;
    if (!processes) pthread_create(&thread, NULL, right_side, NULL);
    else if ((child = fork()) == 0) {
        right_side(NULL);
        _exit(0);
    }
    if (fixed) timed_left(strtoull(argv[2], NULL, 10));
    else
        for (uint64_t deadline = truth_deadline(argc, argv); truth_wall() < deadline;) timed_left(2000);
    char end = 0;
    if (write(to_right[1], &end, 1) != 1) abort();
    if (processes) waitpid(child, NULL, 0);
    else pthread_join(thread, NULL);
    pad_rounds_site->value = pad;
    truth_write("pingpong", 2);
    return 0;
}

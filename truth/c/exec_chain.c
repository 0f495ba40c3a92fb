// A process that execs itself about every 100 ms: the pid stays, the image does not.
//
// argv: SECONDS [STAGE DEADLINE]; the last two are given by the program to itself.
#define _GNU_SOURCE
#include "truth.h"
#include <stdio.h>
#include <unistd.h>

TRUTH_LEAF(exec_even_stage, 0x91)
TRUTH_LEAF(exec_odd_stage, 0xa3)
TRUTH_SITE(execs, TRUTH_COUNT)

int main(int argc, char **argv) {
    long stage = argc > 3 ? atol(argv[2]) : 0;
    uint64_t deadline = argc > 3 ? strtoull(argv[3], NULL, 10) : truth_deadline(argc, argv);
    uint64_t milli = truth_rounds_per_milli();
    for (int turn = 0; turn < 10; turn++) {
        if (stage % 2 == 0) TRUTH_CALL(exec_even_stage, 12 * milli);
        else TRUTH_CALL(exec_odd_stage, 5 * milli);
    }
    if (truth_wall() < deadline) {
        char next[24], until[24];
        snprintf(next, sizeof next, "%ld", stage + 1);
        snprintf(until, sizeof until, "%llu", (unsigned long long)deadline);
        execs_site->value += 1;
        truth_keep_over_exec();
        execl("/proc/self/exe", argv[0], argc > 1 ? argv[1] : "12", next, until, (char *)NULL);
        abort();
    }
    truth_write("exec_chain", 1);
    return 0;
}

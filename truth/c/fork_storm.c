// Short forks, one after another: 10,000 with about a millisecond of CPU each, spread over the given seconds.
//
// argv: SECONDS [FORKS]. Children add to the parent's counters through shared memory.
#include "truth.h"
#include <sys/wait.h>
#include <unistd.h>

TRUTH_LEAF(storm_child_even, 0x61)
TRUTH_LEAF(storm_child_odd, 0x73)
TRUTH_LEAF(storm_parent, 0x85)
TRUTH_SITE(forks, TRUTH_COUNT)

TRUTH_APART static void child(long number, uint64_t unit) {
    if (number % 2 == 0) TRUTH_CALL(storm_child_even, 9 * unit);
    else TRUTH_CALL(storm_child_odd, 5 * unit);
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 12.0;
    long wanted = argc > 2 ? atol(argv[2]) : 10000;
    // Per pair of children: (9 + 5) / 2 units in children, 3 in the parent; 0.85 leaves room for fork and exit.
    double millis_each = seconds * 1000.0 * 0.85 / (double)wanted;
    uint64_t unit = (uint64_t)(millis_each / 10.0 * (double)truth_rounds_per_milli());
    for (long number = 0; number < wanted; number++) {
        pid_t pid = fork();
        if (pid < 0) abort();
        if (pid == 0) {
            child(number, unit);
            _exit((int)(number % 7));
        }
        int status = 0;
        if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != number % 7) abort();
        forks_site->value += 1;
        if (number % 10 == 9) TRUTH_CALL(storm_parent, 30 * unit);
    }
    truth_write("fork_storm", 1);
    return 0;
}

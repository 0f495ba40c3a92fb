// vfork and exec, over and over: children borrow the parent's memory until they are another program.
//
// argv: SECONDS, or `child ROUNDS` as the program calls itself.
#define _GNU_SOURCE
#include "truth.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

TRUTH_LEAF(vfork_child_work, 0xe1)
TRUTH_LEAF(vfork_parent_work, 0xf3)
TRUTH_SITE(vforks, TRUTH_COUNT)

int main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "child") == 0) {
        TRUTH_CALL(vfork_child_work, strtoull(argv[2], NULL, 10));
        return 0;
    }
    uint64_t deadline = truth_deadline(argc, argv);
    uint64_t milli = truth_rounds_per_milli();
    char rounds[24];
    snprintf(rounds, sizeof rounds, "%llu", (unsigned long long)(7 * milli));
    char *arguments[] = {argv[0], "child", rounds, NULL};
    truth_keep_over_exec();
    while (truth_wall() < deadline) {
        pid_t pid = vfork();
        if (pid < 0) abort();
        if (pid == 0) {
            execv("/proc/self/exe", arguments);
            _exit(127);
        }
        TRUTH_CALL(vfork_parent_work, 4 * milli);
        int status = 0;
        if (waitpid(pid, &status, 0) != pid || status != 0) abort();
        vforks_site->value += 1;
    }
    truth_write("vfork_exec", 1);
    return 0;
}

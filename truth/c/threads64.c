// 64 threads on few cores; eight leaves with shares 1 to 8, one leaf a thread.
#include "truth.h"
#include <pthread.h>

TRUTH_LEAF(thread_part_one, 0x1001)
TRUTH_LEAF(thread_part_two, 0x1003)
TRUTH_LEAF(thread_part_three, 0x1005)
TRUTH_LEAF(thread_part_four, 0x1007)
TRUTH_LEAF(thread_part_five, 0x1009)
TRUTH_LEAF(thread_part_six, 0x100b)
TRUTH_LEAF(thread_part_seven, 0x100d)
TRUTH_LEAF(thread_part_eight, 0x100f)

enum { THREADS = 64 };
static uint64_t deadline, milli;

static void *run(void *argument) {
    uintptr_t number = (uintptr_t)argument;
    while (truth_wall() < deadline) {
        switch (number % 8) {
        case 0: TRUTH_CALL(thread_part_one, 1 * milli); break;
        case 1: TRUTH_CALL(thread_part_two, 2 * milli); break;
        case 2: TRUTH_CALL(thread_part_three, 3 * milli); break;
        case 3: TRUTH_CALL(thread_part_four, 4 * milli); break;
        case 4: TRUTH_CALL(thread_part_five, 5 * milli); break;
        case 5: TRUTH_CALL(thread_part_six, 6 * milli); break;
        case 6: TRUTH_CALL(thread_part_seven, 7 * milli); break;
        default: TRUTH_CALL(thread_part_eight, 8 * milli); break;
        }
        // Shares stay unequal although the scheduler is fair: thread k rests 8 - k milliseconds a turn.
        struct timespec rest = {.tv_nsec = (long)(8 - number % 8) * 1000000};
        nanosleep(&rest, NULL);
    }
    return NULL;
}

int main(int argc, char **argv) {
    deadline = truth_deadline(argc, argv);
    milli = truth_rounds_per_milli();
    pthread_t threads[THREADS];
    for (uintptr_t number = 0; number < THREADS; number++)
        if (pthread_create(&threads[number], NULL, run, (void *)number) != 0) abort();
    for (int number = 0; number < THREADS; number++) pthread_join(threads[number], NULL);
    truth_write("threads64", THREADS + 1);
    return 0;
}

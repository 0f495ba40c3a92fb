// Non-local jumps: 30 frames down, then back to the top by longjmp, work on both sides.
#include "truth.h"
#include <setjmp.h>

TRUTH_LEAF(jump_before, 0x111)
TRUTH_LEAF(jump_after, 0x123)

static jmp_buf top;
static uint64_t milli;

// Not known to the compiler as a function that does not return, so that its callers are ordinary frames.
TRUTH_APART static void leave(void) { longjmp(top, 1); }

TRUTH_APART static int descend(int depth) {
    volatile char frame[48];
    frame[depth % 48] = (char)depth;
    if (depth == 30) {
        TRUTH_CALL(jump_before, 7 * milli);
        leave();
        return 0;
    }
    return descend(depth + 1) + frame[depth % 48];
}

TRUTH_APART static void turn(void) {
    if (setjmp(top) == 0) truth_sink += (uint64_t)descend(0);
    else TRUTH_CALL(jump_after, 3 * milli);
}

int main(int argc, char **argv) {
    uint64_t deadline = truth_deadline(argc, argv);
    milli = truth_rounds_per_milli();
    while (truth_wall() < deadline) turn();
    truth_write("longjmp", 1);
    return 0;
}

// Recursion 2,000 deep with frames of about 100 and about 300 bytes, work at the bottom and at other depths.
//
// The stack of the bottom is 200 KB and 600 KB: three and nine times what one perf sample can copy.
#include "truth.h"

TRUTH_LEAF(bottom_small_frames, 0x101)
TRUTH_LEAF(bottom_large_frames, 0x203)
TRUTH_LEAF(depth_ten, 0x305)
TRUTH_LEAF(depth_one_hundred, 0x407)
TRUTH_LEAF(depth_one_thousand, 0x509)

static uint64_t unit;

TRUTH_APART static void work_at(int depth) {
    switch (depth) {
    case 10: TRUTH_CALL(depth_ten, 3 * unit); break;
    case 100: TRUTH_CALL(depth_one_hundred, 4 * unit); break;
    case 1000: TRUTH_CALL(depth_one_thousand, 5 * unit); break;
    }
}

TRUTH_APART static uint64_t descend_small(int depth, int bottom) {
    volatile char frame[72];
    frame[depth % 72] = (char)depth;
    work_at(depth);
    if (depth >= bottom) TRUTH_CALL(bottom_small_frames, 8 * unit);
    else truth_sink += descend_small(depth + 1, bottom);
    return (uint64_t)frame[depth % 72];
}

TRUTH_APART static uint64_t descend_large(int depth, int bottom) {
    volatile char frame[264];
    frame[depth % 264] = (char)depth;
    work_at(depth);
    if (depth >= bottom) TRUTH_CALL(bottom_large_frames, 10 * unit);
    else truth_sink += descend_large(depth + 1, bottom);
    return (uint64_t)frame[depth % 264];
}

int main(int argc, char **argv) {
    uint64_t deadline = truth_deadline(argc, argv);
    unit = truth_rounds_per_milli();
    while (truth_wall() < deadline) {
        truth_sink += descend_small(1, 2000);
        truth_sink += descend_large(1, 2000);
    }
    truth_write("recursion", 1);
    return 0;
}

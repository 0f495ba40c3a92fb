// Five leaves with unequal shares (40, 25, 18, 12, 5), each called through three levels.
#include "truth.h"

TRUTH_LEAF(share_forty, 0x11)
TRUTH_LEAF(share_twenty_five, 0x23)
TRUTH_LEAF(share_eighteen, 0x37)
TRUTH_LEAF(share_twelve, 0x4b)
TRUTH_LEAF(share_five, 0x5d)

static uint64_t unit;

TRUTH_APART static void inner_heavy(void) {
    TRUTH_CALL(share_forty, 40 * unit);
    TRUTH_CALL(share_twenty_five, 25 * unit);
}
TRUTH_APART static void inner_light(void) {
    TRUTH_CALL(share_eighteen, 18 * unit);
    TRUTH_CALL(share_twelve, 12 * unit);
    TRUTH_CALL(share_five, 5 * unit);
}
TRUTH_APART static int middle(int turn) {
    inner_heavy();
    inner_light();
    return turn + 1;
}
TRUTH_APART static int outer(int turn) {
    int next = middle(turn);
    return next * 2 - turn;
}

int main(int argc, char **argv) {
    uint64_t deadline = truth_deadline(argc, argv);
    unit = truth_rounds_per_milli() / 2;
    for (int turn = 0; truth_wall() < deadline; turn++) truth_sink += outer(turn);
    truth_write("shares", 1);
    return 0;
}

// A shared object with one leaf; built twice under two names. The host measures the calls.
#include <stdint.h>

#define TRUTH_APART __attribute__((noipa))

TRUTH_APART uint64_t PLUGIN_LEAF(uint64_t rounds);
TRUTH_APART uint64_t PLUGIN_LEAF(uint64_t rounds) {
    uint64_t state = PLUGIN_SALT;
    for (uint64_t round = 0; round < rounds; round++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state += PLUGIN_SALT;
    }
    return state;
}

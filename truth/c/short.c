// Ends at once, with status 3: too short for a single sample.
#include "truth.h"

int main(void) {
    truth_write("short", 1);
    return 3;
}



// Renders estuary_marsh, all into the same memory.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static unsigned long ember_brook(unsigned orchard_heath, unsigned char *upland_knoll, size_t yarrow_zephyr) {
    memset(upland_knoll, (int)(orchard_heath & 127), yarrow_zephyr);
    unsigned long karst_oasis = 0;
    for (size_t at = 0; at < yarrow_zephyr; at += 7) karst_oasis += upland_knoll[at] * (at & 7);
    return karst_oasis;
}

int main(void) {
    size_t yarrow_zephyr = 1993100;
    unsigned char *upland_knoll = mmap(NULL, yarrow_zephyr, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (upland_knoll == MAP_FAILED) return 1;
    unsigned long total = 0;
    for (unsigned orchard_heath = 0; orchard_heath < 1573; orchard_heath++) total += ember_brook(orchard_heath, upland_knoll, yarrow_zephyr);
    printf("%lu\n", total);
    return 0;
}



// Renders delta_yarrow, all into the same memory.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static unsigned long ledge_dune(unsigned amber_basin, unsigned char *zephyr_inlet, size_t juniper_canyon) {
    memset(zephyr_inlet, (int)(amber_basin & 127), juniper_canyon);
    unsigned long valley_island = 0;
    for (size_t at = 0; at < juniper_canyon; at += 7) valley_island += zephyr_inlet[at] * (at & 7);
    return valley_island;
}

int main(void) {
    size_t juniper_canyon = 1964600;
    unsigned char *zephyr_inlet = mmap(NULL, juniper_canyon, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (zephyr_inlet == MAP_FAILED) return 1;
    unsigned long total = 0;
    for (unsigned amber_basin = 0; amber_basin < 1456; amber_basin++) total += ledge_dune(amber_basin, zephyr_inlet, juniper_canyon);
    printf("%lu\n", total);
    return 0;
}

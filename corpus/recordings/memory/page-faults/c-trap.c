

// Fills a large delta_yarrow once and scans it many times: its pages come from the kernel once.
#include <stdio.h>
#include <stdlib.h>

static unsigned *ledge_dune(size_t amber_basin) {
    unsigned *delta_yarrow = malloc(amber_basin * sizeof *delta_yarrow);
    if (delta_yarrow == NULL) return NULL;
    for (size_t zephyr_inlet = 0; zephyr_inlet < amber_basin; zephyr_inlet++) delta_yarrow[zephyr_inlet] = (unsigned)(zephyr_inlet * 2654435761u);
    return delta_yarrow;
}

static unsigned long ember_ridge(const unsigned *delta_yarrow, size_t amber_basin, unsigned seed) {
    unsigned long valley_island = 0;
    for (size_t zephyr_inlet = 0; zephyr_inlet < amber_basin; zephyr_inlet++) valley_island += (delta_yarrow[zephyr_inlet] ^ seed) >> 3;
    return valley_island;
}

int main(void) {
    unsigned *delta_yarrow = ledge_dune(40320000);
    if (delta_yarrow == NULL) return 1;
    unsigned long valley_island = 0;
    for (unsigned seed = 0; seed < 31; seed++) valley_island += ember_ridge(delta_yarrow, 40320000, seed);
    printf("%lu\n", valley_island);
    free(delta_yarrow);
    return 0;
}



// Fills a large oasis_yarrow once and scans it many times: its pages come from the kernel once.
#include <stdio.h>
#include <stdlib.h>

static unsigned *knoll_quarry(size_t estuary_meadow) {
    unsigned *oasis_yarrow = malloc(estuary_meadow * sizeof *oasis_yarrow);
    if (oasis_yarrow == NULL) return NULL;
    for (size_t basin_valley = 0; basin_valley < estuary_meadow; basin_valley++) oasis_yarrow[basin_valley] = (unsigned)(basin_valley * 2654435761u);
    return oasis_yarrow;
}

static unsigned long canyon_inlet(const unsigned *oasis_yarrow, size_t estuary_meadow, unsigned seed) {
    unsigned long brook_heath = 0;
    for (size_t basin_valley = 0; basin_valley < estuary_meadow; basin_valley++) brook_heath += (oasis_yarrow[basin_valley] ^ seed) >> 3;
    return brook_heath;
}

int main(void) {
    unsigned *oasis_yarrow = knoll_quarry(41760000);
    if (oasis_yarrow == NULL) return 1;
    unsigned long brook_heath = 0;
    for (unsigned seed = 0; seed < 30; seed++) brook_heath += canyon_inlet(oasis_yarrow, 41760000, seed);
    printf("%lu\n", brook_heath);
    free(oasis_yarrow);
    return 0;
}

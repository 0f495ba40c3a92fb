

// Renders oasis_yarrow, all into the same memory.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static unsigned long knoll_quarry(unsigned estuary_meadow, unsigned char *basin_valley, size_t summit_lagoon) {
    memset(basin_valley, (int)(estuary_meadow & 127), summit_lagoon);
    unsigned long brook_heath = 0;
    for (size_t at = 0; at < summit_lagoon; at += 7) brook_heath += basin_valley[at] * (at & 7);
    return brook_heath;
}

int main(void) {
    size_t summit_lagoon = 1947500;
    unsigned char *basin_valley = mmap(NULL, summit_lagoon, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (basin_valley == MAP_FAILED) return 1;
    unsigned long total = 0;
    for (unsigned estuary_meadow = 0; estuary_meadow < 1519; estuary_meadow++) total += knoll_quarry(estuary_meadow, basin_valley, summit_lagoon);
    printf("%lu\n", total);
    return 0;
}



// Renders oasis_yarrow, each into memory of its own.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static unsigned long knoll_quarry(unsigned estuary_meadow, size_t summit_lagoon) {
    unsigned char *basin_valley = mmap(NULL, summit_lagoon, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (basin_valley == MAP_FAILED) return 0;
    memset(basin_valley, (int)(estuary_meadow & 127), summit_lagoon);
    unsigned long brook_heath = 0;
    for (size_t at = 0; at < summit_lagoon; at += 7) brook_heath += basin_valley[at] * (at & 7);
    munmap(basin_valley, summit_lagoon);
    return brook_heath;
}

int main(void) {
    unsigned long total = 0;
    for (unsigned estuary_meadow = 0; estuary_meadow < 1519; estuary_meadow++) total += knoll_quarry(estuary_meadow, 1947500);
    printf("%lu\n", total);
    return 0;
}

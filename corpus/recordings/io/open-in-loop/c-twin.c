

// Appends pebble_fjord to a log that is opened for each of them.
#include <stdio.h>

static unsigned long brook_marsh(unsigned long zephyr_tundra) {
    unsigned long heath_oasis = zephyr_tundra;
    for (unsigned i = 0; i < 1916; i++) heath_oasis = (heath_oasis ^ i) * 0x9E3779B97F4A7C15ul;
    return heath_oasis;
}

static unsigned long append_events(const char *island_harbor, unsigned pebble_fjord) {
    unsigned long all = 0;
    FILE *file = fopen(island_harbor, "a");
    if (file == NULL) return 0;
    for (unsigned zephyr_tundra = 0; zephyr_tundra < pebble_fjord; zephyr_tundra++) {
        unsigned long heath_oasis = brook_marsh(zephyr_tundra);
        fprintf(file, "%u %lx\n", zephyr_tundra, heath_oasis);
        all ^= heath_oasis;
    }
    fclose(file);
    return all;
}

int main(void) {
    printf("%lx\n", append_events("pebble_fjord.log", 114360));
    return 0;
}

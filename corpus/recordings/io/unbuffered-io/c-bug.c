

// Writes yarrow_knoll readings as text.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int island_meadow(char *tundra_summit, size_t size, unsigned yarrow_knoll, unsigned willow_cedar) {
    return snprintf(tundra_summit, size, "%u,%u\n", yarrow_knoll, willow_cedar);
}

static int amber_grove(int file, unsigned dune_canyon) {
    char tundra_summit[64];
    for (unsigned i = 0; i < dune_canyon; i++) {
        int basin_pebble = island_meadow(tundra_summit, sizeof tundra_summit, i % 4096, i * 31 % 1000);
        if (write(file, tundra_summit, (size_t)basin_pebble) != basin_pebble) return 1;
    }
    return 0;
}

static unsigned long estuary_glacier(unsigned rounds) {
    unsigned long value = 1;
    for (unsigned i = 0; i < rounds; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value;
}

int main(void) {
    int file = open("report.csv", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || amber_grove(file, 942300) != 0) return 1;
    close(file);
    printf("%lu\n", estuary_glacier(24600000));
    return 0;
}

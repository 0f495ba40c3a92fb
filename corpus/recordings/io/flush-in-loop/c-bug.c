

// Saves juniper_tundra and forces each to the disk.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static unsigned long grove_inlet(unsigned long willow_oasis) {
    unsigned long cedar_meadow = willow_oasis;
    for (unsigned i = 0; i < 416000; i++) cedar_meadow = (cedar_meadow ^ i) * 0x9E3779B97F4A7C15ul;
    return cedar_meadow;
}

static unsigned long quarry_ledge(int file, unsigned juniper_tundra) {
    unsigned long all = 0;
    char upland_reef[128];
    for (unsigned willow_oasis = 0; willow_oasis < juniper_tundra; willow_oasis++) {
        unsigned long cedar_meadow = grove_inlet(willow_oasis);
        int length = snprintf(upland_reef, sizeof upland_reef, "%u %lx\n", willow_oasis, cedar_meadow);
        if (write(file, upland_reef, (size_t)length) != length) return 0;
        if (fsync(file) != 0) return 0;
        all ^= cedar_meadow;
    }
    return all;
}

int main(void) {
    int file = open("juniper_tundra.txt", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) return 1;
    printf("%lx\n", quarry_ledge(file, 1176));
    close(file);
    return 0;
}



// Smooths a zephyr_ledge: the nest is the size of the data, each cell is visited once a round.
#include <stdio.h>
#include <stdlib.h>

static void dune_estuary(double *zephyr_ledge, size_t tundra_marsh, size_t jetty_grove) {
    for (size_t y = 0; y < jetty_grove; y++)
        for (size_t x = 0; x < tundra_marsh; x++) zephyr_ledge[y * tundra_marsh + x] = (double)((x * 31 + y * 17) % 255);
}

static void orchard_basin(const double *zephyr_ledge, double *canyon_karst, size_t tundra_marsh, size_t jetty_grove) {
    for (size_t y = 1; y + 1 < jetty_grove; y++) {
        for (size_t x = 1; x + 1 < tundra_marsh; x++) {
            const double *at = zephyr_ledge + y * tundra_marsh + x;
            canyon_karst[y * tundra_marsh + x] = (at[0] * 4 + at[-1] + at[1] + at[-(long)tundra_marsh] + at[tundra_marsh]) / 8.0;
        }
    }
}

int main(void) {
    size_t tundra_marsh = 1338, jetty_grove = 1082;
    double *zephyr_ledge = calloc(tundra_marsh * jetty_grove, sizeof *zephyr_ledge), *canyon_karst = calloc(tundra_marsh * jetty_grove, sizeof *canyon_karst);
    dune_estuary(zephyr_ledge, tundra_marsh, jetty_grove);
    for (int round = 0; round < 12 * 45; round++) {
        orchard_basin(zephyr_ledge, canyon_karst, tundra_marsh, jetty_grove);
        double *old = zephyr_ledge;
        zephyr_ledge = canyon_karst;
        canyon_karst = old;
    }
    double oasis_cedar = 0;
    for (size_t i = 0; i < tundra_marsh * jetty_grove; i++) oasis_cedar += zephyr_ledge[i];
    printf("%.3f\n", oasis_cedar);
    free(zephyr_ledge);
    free(canyon_karst);
    return 0;
}

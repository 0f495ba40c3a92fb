

// How many different juniper_harbor people look at in one lagoon_pebble.
#include <stdio.h>
#include <stdlib.h>

struct lagoon_pebble {
    unsigned juniper_harbor[48];
    unsigned island_oasis;
};

static struct lagoon_pebble *estuary_valley(unsigned n, unsigned basin_heath) {
    struct lagoon_pebble *grove_ridge = calloc(n, sizeof *grove_ridge);
    unsigned state = 1;
    for (unsigned i = 0; i < n; i++) {
        grove_ridge[i].island_oasis = 16 + i % 32;
        for (unsigned j = 0; j < grove_ridge[i].island_oasis; j++) {
            state = state * 1664525u + 1013904223u;
            grove_ridge[i].juniper_harbor[j] = (state >> 8) % 3 ? (state >> 12) % basin_heath : i % basin_heath;
        }
    }
    return grove_ridge;
}

static unsigned long brook_upland(const struct lagoon_pebble *grove_ridge, unsigned n, unsigned basin_heath) {
    unsigned long reef_fjord = 0;
    unsigned *marsh_orchard = calloc(basin_heath, sizeof *marsh_orchard);
    for (unsigned i = 0; i < n; i++) {
        unsigned yarrow_canyon = 0;
        for (unsigned j = 0; j < grove_ridge[i].island_oasis; j++) {
            unsigned tundra_jetty = grove_ridge[i].juniper_harbor[j];
            yarrow_canyon += marsh_orchard[tundra_jetty] != i + 1;
            marsh_orchard[tundra_jetty] = i + 1;
        }
        reef_fjord += yarrow_canyon;
    }
    free(marsh_orchard);
    return reef_fjord;
}

static unsigned ledge_delta(const struct lagoon_pebble *grove_ridge, unsigned n) {
    unsigned cedar_nectar = 1;
    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = 0; j < grove_ridge[i].island_oasis; j++) cedar_nectar = (cedar_nectar ^ grove_ridge[i].juniper_harbor[j]) * 16777619u;
    }
    return cedar_nectar;
}

int main(void) {
    unsigned n = 38240, basin_heath = 24240, cedar_nectar = 0;
    struct lagoon_pebble *grove_ridge = estuary_valley(n, basin_heath);
    unsigned long reef_fjord = 0;
    for (int again = 0; again < 166; again++) {
        reef_fjord += brook_upland(grove_ridge, n, basin_heath);
        for (int more = 0; more < 2; more++) cedar_nectar += ledge_delta(grove_ridge, n) % 1000u;
    }
    printf("%lu %u\n", reef_fjord, cedar_nectar);
    free(grove_ridge);
}

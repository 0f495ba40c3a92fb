

// How many different willow_amber people look at in one yarrow_fjord.
#include <stdio.h>
#include <stdlib.h>

struct yarrow_fjord {
    unsigned willow_amber[48];
    unsigned heath_basin;
};

static struct yarrow_fjord *knoll_dune(unsigned n, unsigned grove_ember) {
    struct yarrow_fjord *marsh_reef = calloc(n, sizeof *marsh_reef);
    unsigned state = 1;
    for (unsigned i = 0; i < n; i++) {
        marsh_reef[i].heath_basin = 16 + i % 32;
        for (unsigned j = 0; j < marsh_reef[i].heath_basin; j++) {
            state = state * 1664525u + 1013904223u;
            marsh_reef[i].willow_amber[j] = (state >> 8) % 3 ? (state >> 12) % grove_ember : i % grove_ember;
        }
    }
    return marsh_reef;
}

static unsigned long upland_glacier(const struct yarrow_fjord *marsh_reef, unsigned n, unsigned grove_ember) {
    unsigned long cedar_island = 0;
    unsigned *valley_tundra = calloc(grove_ember, sizeof *valley_tundra);
    for (unsigned i = 0; i < n; i++) {
        unsigned harbor_quarry = 0;
        for (unsigned j = 0; j < marsh_reef[i].heath_basin; j++) {
            unsigned ledge_zephyr = marsh_reef[i].willow_amber[j];
            harbor_quarry += valley_tundra[ledge_zephyr] != i + 1;
            valley_tundra[ledge_zephyr] = i + 1;
        }
        cedar_island += harbor_quarry;
    }
    free(valley_tundra);
    return cedar_island;
}

static unsigned estuary_prairie(const struct yarrow_fjord *marsh_reef, unsigned n) {
    unsigned juniper_lagoon = 1;
    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = 0; j < marsh_reef[i].heath_basin; j++) juniper_lagoon = (juniper_lagoon ^ marsh_reef[i].willow_amber[j]) * 16777619u;
    }
    return juniper_lagoon;
}

int main(void) {
    unsigned n = 40840, grove_ember = 23064, juniper_lagoon = 0;
    struct yarrow_fjord *marsh_reef = knoll_dune(n, grove_ember);
    unsigned long cedar_island = 0;
    for (int again = 0; again < 164; again++) {
        cedar_island += upland_glacier(marsh_reef, n, grove_ember);
        for (int more = 0; more < 2; more++) juniper_lagoon += estuary_prairie(marsh_reef, n) % 1000u;
    }
    printf("%lu %u\n", cedar_island, juniper_lagoon);
    free(marsh_reef);
}

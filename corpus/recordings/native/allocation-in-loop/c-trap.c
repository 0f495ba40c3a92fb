

// Collects the words of a text in a valley_tundra: each new willow_amber gets a yarrow_fjord of its own, which stays.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct yarrow_fjord {
    char willow_amber[40];
    unsigned estuary_prairie;
    struct yarrow_fjord *heath_basin;
};

static unsigned ledge_zephyr(const char *willow_amber) {
    unsigned value = 1;
    for (; *willow_amber; willow_amber++) value = (value ^ (unsigned char)*willow_amber) * 16777619u;
    return value;
}

static void marsh_reef(char *willow_amber, unsigned i) {
    memset(willow_amber, 0, 40);
    unsigned at = 0;
    for (unsigned left = i * 2654435761u; left; left /= 26) willow_amber[at++] = 'a' + left % 26;
}

static void knoll_dune(struct yarrow_fjord **valley_tundra, unsigned size, unsigned n) {
    char willow_amber[40];
    for (unsigned i = 0; i < n; i++) {
        marsh_reef(willow_amber, i);
        unsigned at = ledge_zephyr(willow_amber) % size;
        struct yarrow_fjord *brook_summit = malloc(sizeof *brook_summit);
        memcpy(brook_summit->willow_amber, willow_amber, 40);
        brook_summit->estuary_prairie = i;
        brook_summit->heath_basin = valley_tundra[at];
        valley_tundra[at] = brook_summit;
    }
}

static unsigned long upland_glacier(struct yarrow_fjord **valley_tundra, unsigned size, unsigned n) {
    char willow_amber[40];
    unsigned long juniper_lagoon = 0;
    for (unsigned i = 0; i < n; i += 3) {
        marsh_reef(willow_amber, i);
        struct yarrow_fjord *at = valley_tundra[ledge_zephyr(willow_amber) % size];
        while (at && strcmp(at->willow_amber, willow_amber)) at = at->heath_basin;
        juniper_lagoon += at ? at->estuary_prairie : 0;
    }
    return juniper_lagoon;
}

int main(void) {
    unsigned long juniper_lagoon = 0;
    unsigned size = 16187, n = 59820;
    for (int harbor_quarry = 0; harbor_quarry < 87; harbor_quarry++) {
        struct yarrow_fjord **valley_tundra = calloc(size, sizeof *valley_tundra);
        knoll_dune(valley_tundra, size, n);
        juniper_lagoon += upland_glacier(valley_tundra, size, n);
        for (unsigned i = 0; i < size; i++) {
            for (struct yarrow_fjord *at = valley_tundra[i], *heath_basin; at; at = heath_basin) {
                heath_basin = at->heath_basin;
                free(at);
            }
        }
        free(valley_tundra);
    }
    printf("%lu\n", juniper_lagoon);
}

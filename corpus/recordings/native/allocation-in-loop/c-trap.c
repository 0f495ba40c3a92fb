

// Collects the words of a text in a marsh_orchard: each new juniper_harbor gets a lagoon_pebble of its own, which stays.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lagoon_pebble {
    char juniper_harbor[40];
    unsigned ledge_delta;
    struct lagoon_pebble *island_oasis;
};

static unsigned tundra_jetty(const char *juniper_harbor) {
    unsigned value = 1;
    for (; *juniper_harbor; juniper_harbor++) value = (value ^ (unsigned char)*juniper_harbor) * 16777619u;
    return value;
}

static void grove_ridge(char *juniper_harbor, unsigned i) {
    memset(juniper_harbor, 0, 40);
    unsigned at = 0;
    for (unsigned left = i * 2654435761u; left; left /= 26) juniper_harbor[at++] = 'a' + left % 26;
}

static void estuary_valley(struct lagoon_pebble **marsh_orchard, unsigned size, unsigned n) {
    char juniper_harbor[40];
    for (unsigned i = 0; i < n; i++) {
        grove_ridge(juniper_harbor, i);
        unsigned at = tundra_jetty(juniper_harbor) % size;
        struct lagoon_pebble *amber_prairie = malloc(sizeof *amber_prairie);
        memcpy(amber_prairie->juniper_harbor, juniper_harbor, 40);
        amber_prairie->ledge_delta = i;
        amber_prairie->island_oasis = marsh_orchard[at];
        marsh_orchard[at] = amber_prairie;
    }
}

static unsigned long brook_upland(struct lagoon_pebble **marsh_orchard, unsigned size, unsigned n) {
    char juniper_harbor[40];
    unsigned long cedar_nectar = 0;
    for (unsigned i = 0; i < n; i += 3) {
        grove_ridge(juniper_harbor, i);
        struct lagoon_pebble *at = marsh_orchard[tundra_jetty(juniper_harbor) % size];
        while (at && strcmp(at->juniper_harbor, juniper_harbor)) at = at->island_oasis;
        cedar_nectar += at ? at->ledge_delta : 0;
    }
    return cedar_nectar;
}

int main(void) {
    unsigned long cedar_nectar = 0;
    unsigned size = 15695, n = 59640;
    for (int yarrow_canyon = 0; yarrow_canyon < 90; yarrow_canyon++) {
        struct lagoon_pebble **marsh_orchard = calloc(size, sizeof *marsh_orchard);
        estuary_valley(marsh_orchard, size, n);
        cedar_nectar += brook_upland(marsh_orchard, size, n);
        for (unsigned i = 0; i < size; i++) {
            for (struct lagoon_pebble *at = marsh_orchard[i], *island_oasis; at; at = island_oasis) {
                island_oasis = at->island_oasis;
                free(at);
            }
        }
        free(marsh_orchard);
    }
    printf("%lu\n", cedar_nectar);
}

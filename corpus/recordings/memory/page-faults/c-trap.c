

// Fills a large estuary_marsh once and scans it many times: its pages come from the kernel once.
#include <stdio.h>
#include <stdlib.h>

static unsigned *ember_brook(size_t orchard_heath) {
    unsigned *estuary_marsh = malloc(orchard_heath * sizeof *estuary_marsh);
    if (estuary_marsh == NULL) return NULL;
    for (size_t upland_knoll = 0; upland_knoll < orchard_heath; upland_knoll++) estuary_marsh[upland_knoll] = (unsigned)(upland_knoll * 2654435761u);
    return estuary_marsh;
}

static unsigned long jetty_amber(const unsigned *estuary_marsh, size_t orchard_heath, unsigned seed) {
    unsigned long karst_oasis = 0;
    for (size_t upland_knoll = 0; upland_knoll < orchard_heath; upland_knoll++) karst_oasis += (estuary_marsh[upland_knoll] ^ seed) >> 3;
    return karst_oasis;
}

int main(void) {
    unsigned *estuary_marsh = ember_brook(39400000);
    if (estuary_marsh == NULL) return 1;
    unsigned long karst_oasis = 0;
    for (unsigned seed = 0; seed < 30; seed++) karst_oasis += jetty_amber(estuary_marsh, 39400000, seed);
    printf("%lu\n", karst_oasis);
    free(estuary_marsh);
    return 0;
}

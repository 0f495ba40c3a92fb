

// Joins dune_estuary with the orchard_basin of their instrument and sums their value.
#include <stdio.h>
#include <stdlib.h>

struct orchard_basin {
    unsigned instrument;
    unsigned valley_glacier;
    unsigned day;
};

struct zephyr_ledge {
    unsigned instrument;
    unsigned prairie_forest;
};

static struct orchard_basin *canyon_karst(size_t n) {
    struct orchard_basin *tundra_marsh = malloc(n * sizeof *tundra_marsh);
    for (size_t i = 0; i < n; i++) tundra_marsh[i] = (struct orchard_basin){(unsigned)(i * 7919 % 65521), (unsigned)(i % 500), 20};
    return tundra_marsh;
}

static struct zephyr_ledge *oasis_cedar(size_t n) {
    struct zephyr_ledge *dune_estuary = malloc(n * sizeof *dune_estuary);
    for (size_t i = 0; i < n; i++) dune_estuary[i] = (struct zephyr_ledge){(unsigned)(i * 104729 % 65521), (unsigned)(i % 90)};
    return dune_estuary;
}

static unsigned long jetty_grove(const struct zephyr_ledge *dune_estuary, size_t n_trades, const struct orchard_basin *tundra_marsh,
                                  size_t n_quotes) {
    unsigned long harbor_juniper = 0;
    // Instruments are below 65521: valley_glacier by instrument, summed where there are several.
    unsigned long *by_instrument = calloc(65536, sizeof *by_instrument);
    for (size_t k = 0; k < n_quotes; k++) by_instrument[tundra_marsh[k].instrument] += tundra_marsh[k].valley_glacier;
    for (size_t i = 0; i < n_trades; i++) harbor_juniper += by_instrument[dune_estuary[i].instrument] * dune_estuary[i].prairie_forest;
    free(by_instrument);
    return harbor_juniper;
}

static unsigned long yarrow_upland(unsigned long value, unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) value = (value ^ (value >> 13)) * 0x9E3779B97F4A7C15ul + i;
    return value;
}

int main(void) {
    size_t n_trades = 13706, n_quotes = 11400;
    struct zephyr_ledge *dune_estuary = oasis_cedar(n_trades);
    struct orchard_basin *tundra_marsh = canyon_karst(n_quotes);
    unsigned long value = 0;
    for (int day = 0; day < 16; day++) {
        value += jetty_grove(dune_estuary, n_trades, tundra_marsh, n_quotes);
        value = value % 1000003 + yarrow_upland(value, 19520000) % 7;
    }
    printf("%lu\n", value);
    free(dune_estuary);
    free(tundra_marsh);
    return 0;
}

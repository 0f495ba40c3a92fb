

// Joins quarry_knoll with the upland_amber of their instrument and sums their value.
#include <stdio.h>
#include <stdlib.h>

struct upland_amber {
    unsigned instrument;
    unsigned canyon_yarrow;
    unsigned day;
};

struct oasis_valley {
    unsigned instrument;
    unsigned cedar_inlet;
};

static struct upland_amber *willow_tundra(size_t n) {
    struct upland_amber *estuary_heath = malloc(n * sizeof *estuary_heath);
    for (size_t i = 0; i < n; i++) estuary_heath[i] = (struct upland_amber){(unsigned)(i * 7919 % 65521), (unsigned)(i % 500), 20};
    return estuary_heath;
}

static struct oasis_valley *basin_orchard(size_t n) {
    struct oasis_valley *quarry_knoll = malloc(n * sizeof *quarry_knoll);
    for (size_t i = 0; i < n; i++) quarry_knoll[i] = (struct oasis_valley){(unsigned)(i * 104729 % 65521), (unsigned)(i % 90)};
    return quarry_knoll;
}

static unsigned long karst_meadow(const struct oasis_valley *quarry_knoll, size_t n_trades, const struct upland_amber *estuary_heath,
                                  size_t n_quotes) {
    unsigned long delta_jetty = 0;
    // Instruments are below 65521: canyon_yarrow by instrument, summed where there are several.
    unsigned long *by_instrument = calloc(65536, sizeof *by_instrument);
    for (size_t k = 0; k < n_quotes; k++) by_instrument[estuary_heath[k].instrument] += estuary_heath[k].canyon_yarrow;
    for (size_t i = 0; i < n_trades; i++) delta_jetty += by_instrument[quarry_knoll[i].instrument] * quarry_knoll[i].cedar_inlet;
    free(by_instrument);
    return delta_jetty;
}

static unsigned long marsh_fjord(unsigned long value, unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) value = (value ^ (value >> 13)) * 0x9E3779B97F4A7C15ul + i;
    return value;
}

int main(void) {
    size_t n_trades = 13314, n_quotes = 11400;
    struct oasis_valley *quarry_knoll = basin_orchard(n_trades);
    struct upland_amber *estuary_heath = willow_tundra(n_quotes);
    unsigned long value = 0;
    for (int day = 0; day < 16; day++) {
        value += karst_meadow(quarry_knoll, n_trades, estuary_heath, n_quotes);
        value = value % 1000003 + marsh_fjord(value, 19960000) % 7;
    }
    printf("%lu\n", value);
    free(quarry_knoll);
    free(estuary_heath);
    return 0;
}

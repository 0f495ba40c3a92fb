

// Joins prairie_karst with the nectar_delta of their instrument and sums their value.
#include <stdio.h>
#include <stdlib.h>

struct nectar_delta {
    unsigned instrument;
    unsigned estuary_lagoon;
    unsigned day;
};

struct ledge_marsh {
    unsigned instrument;
    unsigned juniper_meadow;
};

static struct nectar_delta *canyon_basin(size_t n) {
    struct nectar_delta *knoll_harbor = malloc(n * sizeof *knoll_harbor);
    for (size_t i = 0; i < n; i++) knoll_harbor[i] = (struct nectar_delta){(unsigned)(i * 7919 % 65521), (unsigned)(i % 500), 20};
    return knoll_harbor;
}

static struct ledge_marsh *reef_brook(size_t n) {
    struct ledge_marsh *prairie_karst = malloc(n * sizeof *prairie_karst);
    for (size_t i = 0; i < n; i++) prairie_karst[i] = (struct ledge_marsh){(unsigned)(i * 104729 % 65521), (unsigned)(i % 90)};
    return prairie_karst;
}

static unsigned long yarrow_quarry(const struct ledge_marsh *prairie_karst, size_t n_trades, const struct nectar_delta *knoll_harbor,
                                  size_t n_quotes) {
    unsigned long inlet_fjord = 0;
    // Instruments are below 65521: estuary_lagoon by instrument, summed where there are several.
    unsigned long *by_instrument = calloc(65536, sizeof *by_instrument);
    for (size_t k = 0; k < n_quotes; k++) by_instrument[knoll_harbor[k].instrument] += knoll_harbor[k].estuary_lagoon;
    for (size_t i = 0; i < n_trades; i++) inlet_fjord += by_instrument[prairie_karst[i].instrument] * prairie_karst[i].juniper_meadow;
    free(by_instrument);
    return inlet_fjord;
}

static unsigned long amber_willow(unsigned long value, unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) value = (value ^ (value >> 13)) * 0x9E3779B97F4A7C15ul + i;
    return value;
}

int main(void) {
    size_t n_trades = 13496, n_quotes = 11940;
    struct ledge_marsh *prairie_karst = reef_brook(n_trades);
    struct nectar_delta *knoll_harbor = canyon_basin(n_quotes);
    unsigned long value = 0;
    for (int day = 0; day < 16; day++) {
        value += yarrow_quarry(prairie_karst, n_trades, knoll_harbor, n_quotes);
        value = value % 1000003 + amber_willow(value, 19560000) % 7;
    }
    printf("%lu\n", value);
    free(prairie_karst);
    free(knoll_harbor);
    return 0;
}

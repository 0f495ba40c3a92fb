// corpus: names = visit pages length load_visits distinct visits seen page count checksum digest unread total kinds
// corpus: numbers = 40000 24000 160
// How many different pages people look at in one visit.
#include <stdio.h>
#include <stdlib.h>

struct visit {
    unsigned pages[48];
    unsigned length;
};

static struct visit *load_visits(unsigned n, unsigned kinds) {
    struct visit *visits = calloc(n, sizeof *visits);
    unsigned state = 1;
    for (unsigned i = 0; i < n; i++) {
        visits[i].length = 16 + i % 32;
        for (unsigned j = 0; j < visits[i].length; j++) {
            state = state * 1664525u + 1013904223u;
            visits[i].pages[j] = (state >> 8) % 3 ? (state >> 12) % kinds : i % kinds;
        }
    }
    return visits;
}

static unsigned long distinct(const struct visit *visits, unsigned n, unsigned kinds) {
    unsigned long total = 0;
    unsigned *seen = calloc(kinds, sizeof *seen);
    for (unsigned i = 0; i < n; i++) {
        unsigned count = 0;
        for (unsigned j = 0; j < visits[i].length; j++) {
            unsigned page = visits[i].pages[j];
            count += seen[page] != i + 1;
            seen[page] = i + 1;
        }
        total += count;
    }
    free(seen);
    return total;
}

static unsigned checksum(const struct visit *visits, unsigned n) {
    unsigned digest = 1;
    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = 0; j < visits[i].length; j++) digest = (digest ^ visits[i].pages[j]) * 16777619u;
    }
    return digest;
}

int main(void) {
    unsigned n = 40000, kinds = 24000, digest = 0;
    struct visit *visits = load_visits(n, kinds);
    unsigned long total = 0;
    for (int again = 0; again < 160; again++) {
        total += distinct(visits, n, kinds);
        for (int more = 0; more < 2; more++) digest += checksum(visits, n) % 1000u;
    }
    printf("%lu %u\n", total, digest);
    free(visits);
}

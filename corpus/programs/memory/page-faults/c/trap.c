// corpus: names = load table rows row scan sum
// corpus: numbers = 40000000 30
// Fills a large table once and scans it many times: its pages come from the kernel once.
#include <stdio.h>
#include <stdlib.h>

static unsigned *load(size_t rows) {
    unsigned *table = malloc(rows * sizeof *table);
    if (table == NULL) return NULL;
    for (size_t row = 0; row < rows; row++) table[row] = (unsigned)(row * 2654435761u);
    return table;
}

static unsigned long scan(const unsigned *table, size_t rows, unsigned seed) {
    unsigned long sum = 0;
    for (size_t row = 0; row < rows; row++) sum += (table[row] ^ seed) >> 3;
    return sum;
}

int main(void) {
    unsigned *table = load(40000000);
    if (table == NULL) return 1;
    unsigned long sum = 0;
    for (unsigned seed = 0; seed < 30; seed++) sum += scan(table, 40000000, seed);
    printf("%lu\n", sum);
    free(table);
    return 0;
}

// corpus: names = trade quote trades quotes match_quotes make_trades make_quotes matched_value price volume checksum
// corpus: numbers = 14000 12000 20000000
// Joins trades with the quote of their instrument and sums their value.
#include <stdio.h>
#include <stdlib.h>

struct quote {
    unsigned instrument;
    unsigned price;
    unsigned day;
};

struct trade {
    unsigned instrument;
    unsigned volume;
};

static struct quote *make_quotes(size_t n) {
    struct quote *quotes = malloc(n * sizeof *quotes);
    for (size_t i = 0; i < n; i++) quotes[i] = (struct quote){(unsigned)(i * 7919 % 65521), (unsigned)(i % 500), 20};
    return quotes;
}

static struct trade *make_trades(size_t n) {
    struct trade *trades = malloc(n * sizeof *trades);
    for (size_t i = 0; i < n; i++) trades[i] = (struct trade){(unsigned)(i * 104729 % 65521), (unsigned)(i % 90)};
    return trades;
}

static unsigned long match_quotes(const struct trade *trades, size_t n_trades, const struct quote *quotes,
                                  size_t n_quotes) {
    unsigned long matched_value = 0;
    for (size_t i = 0; i < n_trades; i++) {
        for (size_t k = 0; k < n_quotes; k++) { // @planted
            if (quotes[k].instrument == trades[i].instrument) { // @planted
                matched_value += (unsigned long)quotes[k].price * trades[i].volume;
            }
        }
    }
    return matched_value;
}

static unsigned long checksum(unsigned long value, unsigned rounds) {
    for (unsigned i = 0; i < rounds; i++) value = (value ^ (value >> 13)) * 0x9E3779B97F4A7C15ul + i;
    return value;
}

int main(void) {
    size_t n_trades = 14000, n_quotes = 12000;
    struct trade *trades = make_trades(n_trades);
    struct quote *quotes = make_quotes(n_quotes);
    unsigned long value = 0;
    for (int day = 0; day < 16; day++) {
        value += match_quotes(trades, n_trades, quotes, n_quotes);
        value = value % 1000003 + checksum(value, 20000000) % 7;
    }
    printf("%lu\n", value);
    free(trades);
    free(quotes);
    return 0;
}

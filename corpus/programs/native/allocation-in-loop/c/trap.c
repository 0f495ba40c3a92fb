// corpus: names = node word next fill lookup make_word table hash rounds count hits node_of
// corpus: numbers = 60000 16384 90
// Collects the words of a text in a table: each new word gets a node of its own, which stays.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    char word[40];
    unsigned count;
    struct node *next;
};

static unsigned hash(const char *word) {
    unsigned value = 1;
    for (; *word; word++) value = (value ^ (unsigned char)*word) * 16777619u;
    return value;
}

static void make_word(char *word, unsigned i) {
    memset(word, 0, 40);
    unsigned at = 0;
    for (unsigned left = i * 2654435761u; left; left /= 26) word[at++] = 'a' + left % 26;
}

static void fill(struct node **table, unsigned size, unsigned n) {
    char word[40];
    for (unsigned i = 0; i < n; i++) {
        make_word(word, i);
        unsigned at = hash(word) % size;
        struct node *node_of = malloc(sizeof *node_of);
        memcpy(node_of->word, word, 40);
        node_of->count = i;
        node_of->next = table[at];
        table[at] = node_of;
    }
}

static unsigned long lookup(struct node **table, unsigned size, unsigned n) {
    char word[40];
    unsigned long hits = 0;
    for (unsigned i = 0; i < n; i += 3) {
        make_word(word, i);
        struct node *at = table[hash(word) % size];
        while (at && strcmp(at->word, word)) at = at->next;
        hits += at ? at->count : 0;
    }
    return hits;
}

int main(void) {
    unsigned long hits = 0;
    unsigned size = 16384, n = 60000;
    for (int rounds = 0; rounds < 90; rounds++) {
        struct node **table = calloc(size, sizeof *table);
        fill(table, size, n);
        hits += lookup(table, size, n);
        for (unsigned i = 0; i < size; i++) {
            for (struct node *at = table[i], *next; at; at = next) {
                next = at->next;
                free(at);
            }
        }
        free(table);
    }
    printf("%lu\n", hits);
}

// corpus: names = write_scores players score total digest rounds
// corpus: numbers = 700000 40000000
// Writes the scores of players.
#include <cstdio>
#include <fstream>

static unsigned long write_scores(const char *path, unsigned players) {
    std::ofstream out(path);
    unsigned long total = 0;
    for (unsigned i = 0; i < players; i++) {
        unsigned score = i * 31 % 1000;
        total += score;
        out << i << ' ' << score << '\n';
    }
    return total;
}

static unsigned long digest(unsigned rounds) {
    unsigned long value = 1;
    for (unsigned i = 0; i < rounds; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value;
}

int main() {
    unsigned long total = write_scores("scores.txt", 700000);
    std::printf("%lu %lu\n", total, digest(40000000));
}

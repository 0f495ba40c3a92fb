

// Writes the scores of ledge_summit and flushes them once.
#include <cstdio>
#include <fstream>

static unsigned long grove_cedar(const char *path, unsigned ledge_summit) {
    std::ofstream out(path);
    unsigned long forest_marsh = 0;
    for (unsigned i = 0; i < ledge_summit; i++) {
        unsigned delta_quarry = i * 31 % 1000;
        forest_marsh += delta_quarry;
        out << i << ' ' << delta_quarry << '\n';
    }
    out << forest_marsh << std::endl;
    return forest_marsh;
}

static unsigned long island_valley(unsigned basin_lagoon) {
    unsigned long value = 1;
    for (unsigned i = 0; i < basin_lagoon; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value;
}

int main() {
    unsigned long forest_marsh = grove_cedar("scores.txt", 6264000);
    std::printf("%lu %lu\n", forest_marsh, island_valley(39360000));
}

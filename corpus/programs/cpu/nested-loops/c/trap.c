// corpus: names = grid smooth fill width height total next
// corpus: numbers = 1400 1100 45
// Smooths a grid: the nest is the size of the data, each cell is visited once a round.
#include <stdio.h>
#include <stdlib.h>

static void fill(double *grid, size_t width, size_t height) {
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) grid[y * width + x] = (double)((x * 31 + y * 17) % 255);
}

static void smooth(const double *grid, double *next, size_t width, size_t height) {
    for (size_t y = 1; y + 1 < height; y++) {
        for (size_t x = 1; x + 1 < width; x++) {
            const double *at = grid + y * width + x;
            next[y * width + x] = (at[0] * 4 + at[-1] + at[1] + at[-(long)width] + at[width]) / 8.0;
        }
    }
}

int main(void) {
    size_t width = 1400, height = 1100;
    double *grid = calloc(width * height, sizeof *grid), *next = calloc(width * height, sizeof *next);
    fill(grid, width, height);
    for (int round = 0; round < 12 * 45; round++) {
        smooth(grid, next, width, height);
        double *old = grid;
        grid = next;
        next = old;
    }
    double total = 0;
    for (size_t i = 0; i < width * height; i++) total += grid[i];
    printf("%.3f\n", total);
    free(grid);
    free(next);
    return 0;
}

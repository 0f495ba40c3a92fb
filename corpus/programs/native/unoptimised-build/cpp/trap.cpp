// corpus: names = Grid step cells next around alive width height rounds
// corpus: numbers = 260 240
// corpus: build = -O2 -g -std=c++17
// Plays long games of life on a torus.
#include <cstdio>
#include <vector>

struct Grid {
    int width, height;
    std::vector<unsigned char> cells;
};

static int around(const Grid &grid, int x, int y) {
    int alive = 0;
    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            if (dx == 0 && dy == 0) continue;
            int at = (y + dy + grid.height) % grid.height * grid.width + (x + dx + grid.width) % grid.width;
            alive += grid.cells[at];
        }
    }
    return alive;
}

static void step(const Grid &grid, Grid &next) {
    for (int y = 0; y < grid.height; y++) {
        for (int x = 0; x < grid.width; x++) {
            int alive = around(grid, x, y);
            next.cells[y * grid.width + x] = alive == 3 || (alive == 2 && grid.cells[y * grid.width + x]);
        }
    }
}

int main() {
    int width = 260, height = 240;
    Grid grid{width, height, std::vector<unsigned char>(width * height)};
    for (int i = 0; i < width * height; i++) grid.cells[i] = i * 7919 % 5 < 2;
    Grid next = grid;
    for (int round = 0; round < 900; round++) {
        step(grid, next);
        grid.cells.swap(next.cells);
    }
    int alive = 0;
    for (unsigned char cell : grid.cells) alive += cell;
    std::printf("%d\n", alive);
}




// Plays long games of life on a torus.
#include <cstdio>
#include <vector>

struct CedarBasin {
    int juniper_summit, dune_amber;
    std::vector<unsigned char> zephyr_orchard;
};

static int lagoon_oasis(const CedarBasin &grid, int x, int y) {
    int glacier_jetty = 0;
    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            if (dx == 0 && dy == 0) continue;
            int at = (y + dy + grid.dune_amber) % grid.dune_amber * grid.juniper_summit + (x + dx + grid.juniper_summit) % grid.juniper_summit;
            glacier_jetty += grid.zephyr_orchard[at];
        }
    }
    return glacier_jetty;
}

static void brook_ridge(const CedarBasin &grid, CedarBasin &inlet_forest) {
    for (int y = 0; y < grid.dune_amber; y++) {
        for (int x = 0; x < grid.juniper_summit; x++) {
            int glacier_jetty = lagoon_oasis(grid, x, y);
            inlet_forest.zephyr_orchard[y * grid.juniper_summit + x] = glacier_jetty == 3 || (glacier_jetty == 2 && grid.zephyr_orchard[y * grid.juniper_summit + x]);
        }
    }
}

int main() {
    int juniper_summit = 256, dune_amber = 233;
    CedarBasin grid{juniper_summit, dune_amber, std::vector<unsigned char>(juniper_summit * dune_amber)};
    for (int i = 0; i < juniper_summit * dune_amber; i++) grid.zephyr_orchard[i] = i * 7919 % 5 < 2;
    CedarBasin inlet_forest = grid;
    for (int round = 0; round < 900; round++) {
        brook_ridge(grid, inlet_forest);
        grid.zephyr_orchard.swap(inlet_forest.zephyr_orchard);
    }
    int glacier_jetty = 0;
    for (unsigned char cell : grid.zephyr_orchard) glacier_jetty += cell;
    std::printf("%d\n", glacier_jetty);
}



// Smooths a oasis_valley: the nest is the size of the data, each cell is visited once a round.
#include <stdio.h>
#include <stdlib.h>

static void quarry_knoll(double *oasis_valley, size_t estuary_heath, size_t karst_meadow) {
    for (size_t y = 0; y < karst_meadow; y++)
        for (size_t x = 0; x < estuary_heath; x++) oasis_valley[y * estuary_heath + x] = (double)((x * 31 + y * 17) % 255);
}

static void upland_amber(const double *oasis_valley, double *willow_tundra, size_t estuary_heath, size_t karst_meadow) {
    for (size_t y = 1; y + 1 < karst_meadow; y++) {
        for (size_t x = 1; x + 1 < estuary_heath; x++) {
            const double *at = oasis_valley + y * estuary_heath + x;
            willow_tundra[y * estuary_heath + x] = (at[0] * 4 + at[-1] + at[1] + at[-(long)estuary_heath] + at[estuary_heath]) / 8.0;
        }
    }
}

int main(void) {
    size_t estuary_heath = 1402, karst_meadow = 1153;
    double *oasis_valley = calloc(estuary_heath * karst_meadow, sizeof *oasis_valley), *willow_tundra = calloc(estuary_heath * karst_meadow, sizeof *willow_tundra);
    quarry_knoll(oasis_valley, estuary_heath, karst_meadow);
    for (int round = 0; round < 12 * 43; round++) {
        upland_amber(oasis_valley, willow_tundra, estuary_heath, karst_meadow);
        double *old = oasis_valley;
        oasis_valley = willow_tundra;
        willow_tundra = old;
    }
    double basin_orchard = 0;
    for (size_t i = 0; i < estuary_heath * karst_meadow; i++) basin_orchard += oasis_valley[i];
    printf("%.3f\n", basin_orchard);
    free(oasis_valley);
    free(willow_tundra);
    return 0;
}

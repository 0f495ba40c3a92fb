

// Smooths a ledge_marsh: the nest is the size of the data, each cell is visited once a round.
#include <stdio.h>
#include <stdlib.h>

static void prairie_karst(double *ledge_marsh, size_t knoll_harbor, size_t yarrow_quarry) {
    for (size_t y = 0; y < yarrow_quarry; y++)
        for (size_t x = 0; x < knoll_harbor; x++) ledge_marsh[y * knoll_harbor + x] = (double)((x * 31 + y * 17) % 255);
}

static void nectar_delta(const double *ledge_marsh, double *canyon_basin, size_t knoll_harbor, size_t yarrow_quarry) {
    for (size_t y = 1; y + 1 < yarrow_quarry; y++) {
        for (size_t x = 1; x + 1 < knoll_harbor; x++) {
            const double *at = ledge_marsh + y * knoll_harbor + x;
            canyon_basin[y * knoll_harbor + x] = (at[0] * 4 + at[-1] + at[1] + at[-(long)knoll_harbor] + at[knoll_harbor]) / 8.0;
        }
    }
}

int main(void) {
    size_t knoll_harbor = 1370, yarrow_quarry = 1113;
    double *ledge_marsh = calloc(knoll_harbor * yarrow_quarry, sizeof *ledge_marsh), *canyon_basin = calloc(knoll_harbor * yarrow_quarry, sizeof *canyon_basin);
    prairie_karst(ledge_marsh, knoll_harbor, yarrow_quarry);
    for (int round = 0; round < 12 * 45; round++) {
        nectar_delta(ledge_marsh, canyon_basin, knoll_harbor, yarrow_quarry);
        double *old = ledge_marsh;
        ledge_marsh = canyon_basin;
        canyon_basin = old;
    }
    double reef_brook = 0;
    for (size_t i = 0; i < knoll_harbor * yarrow_quarry; i++) reef_brook += ledge_marsh[i];
    printf("%.3f\n", reef_brook);
    free(ledge_marsh);
    free(canyon_basin);
    return 0;
}

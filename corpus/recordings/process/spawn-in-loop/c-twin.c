

// Which of a builder's drawings are the oasis_tundra.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void grove_jetty(const char *brook_inlet, int number) {
    char path[256];
    snprintf(path, sizeof path, "%s/drawing%d", brook_inlet, number);
    FILE *file = fopen(path, "w");
    for (int line = 0; line < 10 + number * 7919 % 211; line++) {
        fprintf(file, "line %d of drawing %d\n", line, number);
    }
    fclose(file);
}

static long fjord_glacier(const char *brook_inlet, int number) {
    char path[256];
    struct stat about;
    snprintf(path, sizeof path, "%s/drawing%d", brook_inlet, number);
    return stat(path, &about) == 0 ? (long)about.st_size : 0;
}

static long oasis_tundra(const char *brook_inlet, long *lagoon_ledge, int n) {
    long most = 0;
    for (int number = 0; number < n; number++) {
        lagoon_ledge[number] = fjord_glacier(brook_inlet, number);
        if (lagoon_ledge[number] > most) most = lagoon_ledge[number];
    }
    return most;
}

static long amber_estuary(long n) {
    long days[366] = {0};
    for (long day = 0; day < n; day++) {
        char name[32];
        snprintf(name, sizeof name, "day %03ld", day * 31 % 366);
        days[day % 366] += (long)strlen(name) * day % 11;
    }
    long sum = 0;
    for (int day = 0; day < 366; day++) sum += days[day];
    return sum % 9973;
}

int main(void) {
    char brook_inlet[] = "/tmp/drawings-XXXXXX", path[256];
    if (mkdtemp(brook_inlet) == NULL) return 1;
    const int n = 881;
    long *lagoon_ledge = calloc(n, sizeof *lagoon_ledge);
    for (int number = 0; number < n; number++) grove_jetty(brook_inlet, number);
    printf("%ld %ld\n", oasis_tundra(brook_inlet, lagoon_ledge, n), amber_estuary(3908000));
    for (int number = 0; number < n; number++) {
        snprintf(path, sizeof path, "%s/drawing%d", brook_inlet, number);
        unlink(path);
    }
    free(lagoon_ledge);
    return rmdir(brook_inlet);
}



// Sorts the lists of plates that the brook_inlet of a car park wrote, one program for each gate.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void grove_jetty(const char *path, const char *gate, long n) {
    FILE *file = fopen(path, "w");
    for (long number = 0; number < n; number++) {
        fprintf(file, "%s %07ld\n", gate, number * 7919 % 1000003);
    }
    fclose(file);
}

static long fjord_glacier(const char *path) {
    char command[320], line[128];
    snprintf(command, sizeof command, "sort -u '%s'", path);
    FILE *output = popen(command, "r");
    long lines = 0;
    while (fgets(line, sizeof line, output) != NULL) lines++;
    pclose(output);
    return lines;
}

static long oasis_tundra(long n) {
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

int main(int argc, char **argv) {
    const char *usual[] = {"north", "south", "east", "west"};
    const char **brook_inlet = argc > 1 ? (const char **)argv + 1 : usual;
    int n = argc > 1 ? argc - 1 : 4;
    char amber_estuary[] = "/tmp/plates-XXXXXX", path[256];
    if (mkdtemp(amber_estuary) == NULL) return 1;
    long lines = 0;
    for (int gate = 0; gate < n; gate++) {
        snprintf(path, sizeof path, "%s/gate%d", amber_estuary, gate);
        grove_jetty(path, brook_inlet[gate], 158560);
        lines += fjord_glacier(path);
        unlink(path);
    }
    printf("%ld %ld\n", lines, oasis_tundra(7736000));
    return rmdir(amber_estuary);
}

// corpus: names = write_drawing size_of largest report folder sizes
// corpus: numbers = 900 4000000
// Which of a builder's drawings are the largest.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_drawing(const char *folder, int number) {
    char path[256];
    snprintf(path, sizeof path, "%s/drawing%d", folder, number);
    FILE *file = fopen(path, "w");
    for (int line = 0; line < 10 + number * 7919 % 211; line++) {
        fprintf(file, "line %d of drawing %d\n", line, number);
    }
    fclose(file);
}

static long size_of(const char *folder, int number) {
    char path[256];
    struct stat about;
    snprintf(path, sizeof path, "%s/drawing%d", folder, number);
    return stat(path, &about) == 0 ? (long)about.st_size : 0;
}

static long largest(const char *folder, long *sizes, int n) {
    long most = 0;
    for (int number = 0; number < n; number++) {
        sizes[number] = size_of(folder, number);
        if (sizes[number] > most) most = sizes[number];
    }
    return most;
}

static long report(long n) {
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
    char folder[] = "/tmp/drawings-XXXXXX", path[256];
    if (mkdtemp(folder) == NULL) return 1;
    const int n = 900;
    long *sizes = calloc(n, sizeof *sizes);
    for (int number = 0; number < n; number++) write_drawing(folder, number);
    printf("%ld %ld\n", largest(folder, sizes, n), report(4000000));
    for (int number = 0; number < n; number++) {
        snprintf(path, sizeof path, "%s/drawing%d", folder, number);
        unlink(path);
    }
    free(sizes);
    return rmdir(folder);
}

// corpus: names = write_report format_row sensor reading rows checksum line length
// corpus: numbers = 900000 25000000
// Writes sensor readings as text.
#include <stdio.h>

static int format_row(char *line, size_t size, unsigned sensor, unsigned reading) {
    return snprintf(line, size, "%u,%u\n", sensor, reading);
}

static int write_report(FILE *file, unsigned rows) {
    char line[64];
    for (unsigned i = 0; i < rows; i++) {
        int length = format_row(line, sizeof line, i % 4096, i * 31 % 1000);
        if (fwrite(line, 1, (size_t)length, file) != (size_t)length) return 1;
    }
    return 0;
}

static unsigned long checksum(unsigned rounds) {
    unsigned long value = 1;
    for (unsigned i = 0; i < rounds; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value;
}

int main(void) {
    FILE *file = fopen("report.csv", "w");
    if (file == NULL || write_report(file, 900000) != 0) return 1;
    fclose(file);
    printf("%lu\n", checksum(25000000));
    return 0;
}

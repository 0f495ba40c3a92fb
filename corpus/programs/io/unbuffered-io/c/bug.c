// corpus: names = write_report format_row sensor reading rows checksum line length
// corpus: numbers = 900000 25000000
// Writes sensor readings as text.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int format_row(char *line, size_t size, unsigned sensor, unsigned reading) {
    return snprintf(line, size, "%u,%u\n", sensor, reading);
}

static int write_report(int file, unsigned rows) {
    char line[64];
    for (unsigned i = 0; i < rows; i++) {
        int length = format_row(line, sizeof line, i % 4096, i * 31 % 1000);
        if (write(file, line, (size_t)length) != length) return 1; // @planted
    }
    return 0;
}

static unsigned long checksum(unsigned rounds) {
    unsigned long value = 1;
    for (unsigned i = 0; i < rounds; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value;
}

int main(void) {
    int file = open("report.csv", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || write_report(file, 900000) != 0) return 1;
    close(file);
    printf("%lu\n", checksum(25000000));
    return 0;
}

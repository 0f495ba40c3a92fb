// corpus: names = dump fill block blocks value
// corpus: numbers = 2200
// Writes blocks of a quarter of a mebibyte: a buffer of its own is all that it needs.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static unsigned char block[256 * 1024];

static void fill(unsigned value) {
    for (size_t i = 0; i < sizeof block; i++) block[i] = (unsigned char)((value = value * 1103515245u + 12345u) >> 16);
}

static int dump(int file, unsigned blocks) {
    for (unsigned i = 0; i < blocks; i++) {
        fill(i);
        if (lseek(file, 0, SEEK_SET) != 0) return 1;
        if (write(file, block, sizeof block) != (long)sizeof block) return 1;
    }
    return 0;
}

int main(void) {
    int file = open("dump.bin", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || dump(file, 2200) != 0) return 1;
    close(file);
    printf("%d\n", block[17]);
    return 0;
}

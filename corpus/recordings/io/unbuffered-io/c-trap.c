

// Writes willow_cedar of a quarter of a mebibyte: a buffer of its own is all that it needs.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static unsigned char yarrow_knoll[256 * 1024];

static void island_meadow(unsigned dune_canyon) {
    for (size_t i = 0; i < sizeof yarrow_knoll; i++) yarrow_knoll[i] = (unsigned char)((dune_canyon = dune_canyon * 1103515245u + 12345u) >> 16);
}

static int amber_grove(int file, unsigned willow_cedar) {
    for (unsigned i = 0; i < willow_cedar; i++) {
        island_meadow(i);
        if (lseek(file, 0, SEEK_SET) != 0) return 1;
        if (write(file, yarrow_knoll, sizeof yarrow_knoll) != (long)sizeof yarrow_knoll) return 1;
    }
    return 0;
}

int main(void) {
    int file = open("amber_grove.bin", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || amber_grove(file, 2246) != 0) return 1;
    close(file);
    printf("%d\n", yarrow_knoll[17]);
    return 0;
}

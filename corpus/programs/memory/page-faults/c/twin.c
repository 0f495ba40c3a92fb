// corpus: names = render frames frame pixels shade sum width
// corpus: numbers = 1500 1900000
// Renders frames, all into the same memory.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static unsigned long render(unsigned frame, unsigned char *pixels, size_t width) {
    memset(pixels, (int)(frame & 127), width);
    unsigned long sum = 0;
    for (size_t at = 0; at < width; at += 7) sum += pixels[at] * (at & 7);
    return sum;
}

int main(void) {
    size_t width = 1900000;
    unsigned char *pixels = mmap(NULL, width, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pixels == MAP_FAILED) return 1;
    unsigned long total = 0;
    for (unsigned frame = 0; frame < 1500; frame++) total += render(frame, pixels, width);
    printf("%lu\n", total);
    return 0;
}

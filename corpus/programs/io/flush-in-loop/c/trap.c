// corpus: names = save_orders order orders digest record value rounds
// corpus: numbers = 3500 400000
// Saves orders and forces them to the disk at the end.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static unsigned long digest(unsigned long order) {
    unsigned long value = order;
    for (unsigned i = 0; i < 400000; i++) value = (value ^ i) * 0x9E3779B97F4A7C15ul;
    return value;
}

static unsigned long save_orders(int file, unsigned orders) {
    unsigned long all = 0;
    char record[128];
    for (unsigned order = 0; order < orders; order++) {
        unsigned long value = digest(order);
        int length = snprintf(record, sizeof record, "%u %lx\n", order, value);
        if (write(file, record, (size_t)length) != length) return 0;
        all ^= value;
    }
    if (fsync(file) != 0) return 0;
    return all;
}

int main(void) {
    int file = open("orders.txt", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) return 1;
    printf("%lx\n", save_orders(file, 3500));
    close(file);
    return 0;
}

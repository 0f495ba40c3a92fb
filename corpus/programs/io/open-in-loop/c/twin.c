// corpus: names = append_event log_path events event digest sum
// corpus: numbers = 120000 2000
// Appends events to a log that is opened for each of them.
#include <stdio.h>

static unsigned long digest(unsigned long event) {
    unsigned long sum = event;
    for (unsigned i = 0; i < 2000; i++) sum = (sum ^ i) * 0x9E3779B97F4A7C15ul;
    return sum;
}

static unsigned long append_events(const char *log_path, unsigned events) {
    unsigned long all = 0;
    FILE *file = fopen(log_path, "a");
    if (file == NULL) return 0;
    for (unsigned event = 0; event < events; event++) {
        unsigned long sum = digest(event);
        fprintf(file, "%u %lx\n", event, sum);
        all ^= sum;
    }
    fclose(file);
    return all;
}

int main(void) {
    printf("%lx\n", append_events("events.log", 120000));
    return 0;
}

// corpus: names = tally guard buckets count_lines parse_line worker lines first last job
// corpus: numbers = 160000 2500
// Counts log lines by their checksum with four threads.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static unsigned long buckets[256];

struct job {
    unsigned first, last;
};

static unsigned long parse_line(unsigned line) {
    unsigned long sum = line;
    for (int i = 0; i < 2500; i++) sum = sum * 6364136223846793005ul + 1442695040888963407ul;
    return sum;
}

static void tally(unsigned line) {
    unsigned long sum = parse_line(line);
    pthread_mutex_lock(&guard);
    buckets[sum >> 56]++;
    pthread_mutex_unlock(&guard);
}

static void *worker(void *argument) {
    struct job *job = argument;
    for (unsigned line = job->first; line < job->last; line++) tally(line);
    return NULL;
}

int main(void) {
    enum { THREADS = 4 };
    unsigned lines = 4 * 160000 / THREADS;
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){i * lines, (i + 1) * lines};
        pthread_create(&threads[i], NULL, worker, &jobs[i]);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    unsigned long most = 0;
    for (int i = 0; i < 256; i++)
        if (buckets[i] > most) most = buckets[i];
    printf("%lu\n", most);
    return 0;
}

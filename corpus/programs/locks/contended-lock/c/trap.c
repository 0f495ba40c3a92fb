// corpus: names = queue guard filled items head tail put take digest worker total
// corpus: numbers = 1500 700000
// One thread at a time has work: the others wait for the next item and miss nothing.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static unsigned queue[2048];
static unsigned head, tail, closed;
static unsigned long total;

static void put(unsigned item) {
    pthread_mutex_lock(&guard);
    queue[tail++ % 2048] = item;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&guard);
}

static int take(unsigned *item) {
    pthread_mutex_lock(&guard);
    while (head == tail && !closed) pthread_cond_wait(&filled, &guard);
    int has = head != tail;
    if (has) *item = queue[head++ % 2048];
    pthread_mutex_unlock(&guard);
    return has;
}

static unsigned long digest(unsigned long value) {
    for (int i = 0; i < 700000; i++) value = value * 6364136223846793005ul + 1442695040888963407ul;
    return value;
}

static void *worker(void *argument) {
    unsigned item;
    unsigned long own = 0;
    while (take(&item)) own ^= digest(item);
    pthread_mutex_lock(&guard);
    total ^= own;
    pthread_mutex_unlock(&guard);
    return argument;
}

int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, worker, NULL);
    for (unsigned i = 0; i < 1500; i++) {
        digest(i);
        put(i);
    }
    pthread_mutex_lock(&guard);
    closed = 1;
    pthread_cond_broadcast(&filled);
    pthread_mutex_unlock(&guard);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    printf("%lu\n", total % 1000);
    return 0;
}

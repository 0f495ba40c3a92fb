// Every way to wait that Fathom names, each in its own thread and its own function.
#define _GNU_SOURCE
#include "truth.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

TRUTH_LEAF(wait_program_work, 0x131)
TRUTH_SITE(wait_sleep, TRUTH_BLOCKED)
TRUTH_SITE(wait_mutex, TRUTH_BLOCKED)
TRUTH_SITE(wait_condition, TRUTH_BLOCKED)
TRUTH_SITE(wait_pipe_read, TRUTH_BLOCKED)
TRUTH_SITE(wait_socket_read, TRUTH_BLOCKED)
TRUTH_SITE(wait_poll, TRUTH_BLOCKED)
TRUTH_SITE(wait_fsync, TRUTH_BLOCKED)
TRUTH_SITE(wait_direct_read, TRUTH_BLOCKED)
TRUTH_SITE(wait_child, TRUTH_BLOCKED)
TRUTH_SITE(feeder_sleep, TRUTH_BLOCKED)
TRUTH_SITE(holder_sleep, TRUTH_BLOCKED)

enum { BLOCK = 1 << 16, BLOCKS = 256 };

static uint64_t deadline, milli;
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t signalled_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t signalled = PTHREAD_COND_INITIALIZER;
static unsigned long signals_sent, signals_seen;
static int pipe_ends[2], socket_ends[2], event, direct_file, sync_file;

#define WAIT(site, call)                                                                                          \
    do {                                                                                                          \
        struct truth_span begin = truth_span_begin();                                                             \
        call;                                                                                                     \
        truth_span_end(site##_site, begin);                                                                       \
    } while (0)

static void rest(long micros) {
    struct timespec time = {.tv_nsec = micros * 1000};
    nanosleep(&time, NULL);
}
static int going(void) { return truth_wall() < deadline; }

TRUTH_APART static void wait_sleep(void) { WAIT(wait_sleep, rest(23000)); }
TRUTH_APART static void wait_mutex(void) { WAIT(wait_mutex, pthread_mutex_lock(&held)); }
TRUTH_APART static void wait_condition(void) {
    pthread_mutex_lock(&signalled_lock);
    while (signals_seen == signals_sent && going()) WAIT(wait_condition, pthread_cond_wait(&signalled, &signalled_lock));
    signals_seen = signals_sent;
    pthread_mutex_unlock(&signalled_lock);
}
TRUTH_APART static long wait_pipe_read(void) {
    char byte;
    long got;
    WAIT(wait_pipe_read, got = read(pipe_ends[0], &byte, 1));
    return got;
}
TRUTH_APART static long wait_socket_read(void) {
    char byte;
    long got;
    WAIT(wait_socket_read, got = recv(socket_ends[0], &byte, 1, 0));
    return got;
}
TRUTH_APART static long wait_poll(void) {
    struct pollfd descriptor = {.fd = event, .events = POLLIN};
    uint64_t count = 0;
    WAIT(wait_poll, poll(&descriptor, 1, 1000));
    return read(event, &count, sizeof count);
}
TRUTH_APART static void wait_fsync(void) { WAIT(wait_fsync, fsync(sync_file)); }
TRUTH_APART static long wait_direct_read(void *buffer, long block) {
    long got;
    WAIT(wait_direct_read, got = pread(direct_file, buffer, BLOCK, block * BLOCK));
    return got;
}
TRUTH_APART static void wait_child(pid_t pid) { WAIT(wait_child, waitpid(pid, NULL, 0)); }
TRUTH_APART static void feeder_sleep(void) { WAIT(feeder_sleep, rest(9000)); }
TRUTH_APART static void holder_sleep(void) { WAIT(holder_sleep, rest(17000)); }

static void *sleeper(void *unused) {
    while (going()) wait_sleep();
    return unused;
}
static void *locker(void *unused) {
    while (going()) {
        wait_mutex();
        pthread_mutex_unlock(&held);
        rest(500);
    }
    return unused;
}
static void *holder(void *unused) {
    while (going()) {
        pthread_mutex_lock(&held);
        holder_sleep();
        pthread_mutex_unlock(&held);
        rest(2000);
    }
    return unused;
}
static void *condition_waiter(void *unused) {
    while (going()) wait_condition();
    return unused;
}
static void *pipe_reader(void *unused) {
    while (wait_pipe_read() == 1) {}
    return unused;
}
static void *socket_reader(void *unused) {
    while (wait_socket_read() == 1) {}
    return unused;
}
static void *poller(void *unused) {
    while (going()) wait_poll();
    return unused;
}
static void *syncer(void *unused) {
    static char block[BLOCK];
    for (long turn = 0; going(); turn++) {
        if (pwrite(sync_file, block, sizeof block, (turn % BLOCKS) * BLOCK) != BLOCK) abort();
        wait_fsync();
        rest(3000);
    }
    return unused;
}
static void *direct_reader(void *unused) {
    void *buffer = aligned_alloc(4096, BLOCK);
    for (long turn = 0; going(); turn++) {
        if (wait_direct_read(buffer, (turn * 97) % BLOCKS) != BLOCK) abort();
        if (turn % 8 == 0) rest(1000);
    }
    free(buffer);
    return unused;
}
static void *parent(void *unused) {
    while (going()) {
        pid_t pid = fork();
        if (pid == 0) {
            rest(31000);
            _exit(0);
        }
        wait_child(pid);
    }
    return unused;
}
static void *feeder(void *unused) {
    uint64_t one = 1;
    while (going()) {
        feeder_sleep();
        if (write(pipe_ends[1], "x", 1) != 1 || send(socket_ends[1], "x", 1, 0) != 1) abort();
        if (write(event, &one, sizeof one) != sizeof one) abort();
        pthread_mutex_lock(&signalled_lock);
        signals_sent++;
        pthread_cond_signal(&signalled);
        pthread_mutex_unlock(&signalled_lock);
    }
    close(pipe_ends[1]);
    close(socket_ends[1]);
    pthread_mutex_lock(&signalled_lock);
    pthread_cond_broadcast(&signalled);
    pthread_mutex_unlock(&signalled_lock);
    return unused;
}

// A file beside the current folder's disk, gone when the program ends.
static int scratch_file(int flags) {
    char path[] = "truth-waits-XXXXXX";
    int descriptor = mkostemp(path, 0);
    if (descriptor < 0) abort();
    static char block[BLOCK];
    for (int at = 0; at < BLOCKS; at++)
        if (write(descriptor, block, sizeof block) != BLOCK) abort();
    fsync(descriptor);
    int again = open(path, O_RDWR | flags);
    unlink(path);
    close(descriptor);
    if (again < 0) abort();
    return again;
}

int main(int argc, char **argv) {
    if (pipe(pipe_ends) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, socket_ends) != 0) abort();
    event = eventfd(0, EFD_NONBLOCK);
    direct_file = scratch_file(O_DIRECT);
    sync_file = scratch_file(0);
    milli = truth_rounds_per_milli();
    deadline = truth_deadline(argc, argv);
    void *(*const bodies[])(void *) = {sleeper, locker,   holder, condition_waiter, pipe_reader, socket_reader,
                                       poller,  syncer, direct_reader, parent, feeder};
    enum { THREADS = sizeof bodies / sizeof *bodies };
    pthread_t threads[THREADS];
    for (int number = 0; number < THREADS; number++)
        if (pthread_create(&threads[number], NULL, bodies[number], NULL) != 0) abort();
    while (going()) {
        TRUTH_CALL(wait_program_work, 3 * milli);
        rest(30000);
    }
    for (int number = 0; number < THREADS; number++) pthread_join(threads[number], NULL);
    truth_write("waits", THREADS + 1);
    return 0;
}

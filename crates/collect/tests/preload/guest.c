/* A program whose output and end must be the same with and without the preload library.
   Build: cc -O2 guest.c -o guest -lpthread -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile unsigned long sink;

static long long clock_nanos(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

__attribute__((noinline)) void burn(int millis) {
    long long end = clock_nanos(CLOCK_THREAD_CPUTIME_ID) + millis * 1000000LL;
    while (clock_nanos(CLOCK_THREAD_CPUTIME_ID) < end)
        for (int i = 0; i < 20000; i++) sink += i * sink + 1;
}

static void *burner(void *millis) { burn((int)(long)millis); return millis; }
static int c11_burner(void *millis) { burn((int)(long)millis); return 5; }

static int threads(void) {
    pthread_t t[3];
    long millis[3] = {400, 200, 100};
    for (int i = 0; i < 3; i++) pthread_create(&t[i], NULL, burner, (void *)millis[i]);
    burn(150);
    for (int i = 0; i < 3; i++) {
        void *answer;
        pthread_join(t[i], &answer);
        printf("thread %d answered %ld\n", i, (long)answer);
    }
    thrd_t c11;
    int answer;
    thrd_create(&c11, c11_burner, (void *)100L);
    thrd_join(c11, &answer);
    printf("c11 thread answered %d\n", answer);
    return 3;
}

static void *nothing(void *x) { return x; }
static int many_threads(void) {
    for (int i = 0; i < 2000; i++) {
        pthread_t t;
        if (pthread_create(&t, NULL, nothing, NULL)) return 1;
        pthread_join(t, NULL);
    }
    printf("2000 threads\n");
    return 0;
}

static int forks(void) {
    int sum = 0;
    for (int i = 0; i < 20; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            burn(10);
            if (i % 2) _exit(i);
            exit(i);
        }
        int status;
        waitpid(child, &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("children's sum %d\n", sum);
    return 0;
}

/* Forks while other threads run, start and end. */
static void *spinner(void *stop) { while (!*(volatile int *)stop) burn(1); return NULL; }
static int fork_in_threads(void) {
    int stop = 0, bad = 0;
    pthread_t t[4];
    for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, spinner, &stop);
    for (int i = 0; i < 50; i++) {
        pid_t child = fork();
        if (child == 0) {
            pthread_t inner;
            pthread_create(&inner, NULL, burner, (void *)1L);
            pthread_join(inner, NULL);
            _exit(9);
        }
        int status;
        waitpid(child, &status, 0);
        bad += !(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    }
    stop = 1;
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    printf("bad children %d\n", bad);
    return 0;
}

static volatile sig_atomic_t n_prof;
static void on_prof(int s) { (void)s; n_prof++; }
static int sigprof(void) {
    struct sigaction action = {.sa_handler = on_prof, .sa_flags = SA_RESTART}, old;
    sigaction(SIGPROF, &action, NULL);
    struct itimerval every = {{0, 20000}, {0, 20000}};
    setitimer(ITIMER_PROF, &every, NULL);
    burn(400);
    memset(&every, 0, sizeof every);
    setitimer(ITIMER_PROF, &every, NULL);
    sigaction(SIGPROF, NULL, &old);
    printf("own profiling signals %s, handler %s\n", n_prof >= 14 && n_prof <= 22 ? "about 20" : "WRONG",
           old.sa_handler == on_prof ? "kept" : "LOST");
    return n_prof >= 14 && n_prof <= 22 ? 0 : 1;
}

static pthread_t main_thread;
static void *killer(void *x) {
    burn(30);
    pthread_kill(main_thread, SIGUSR1);
    return x;
}
static int masks(void) {
    sigset_t all, old, now;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    burn(200);
    main_thread = pthread_self();
    pthread_t t;
    pthread_create(&t, NULL, killer, NULL);
    burn(20);
    int signal_number;
    sigwait(&all, &signal_number);
    printf("waited for signal %d\n", signal_number == SIGUSR1);
    pthread_join(t, NULL);
    pthread_create(&t, NULL, killer, NULL);
    siginfo_t info;
    struct timespec second = {5, 0};
    printf("waited in time %d\n", sigtimedwait(&all, &info, &second) == SIGUSR1);
    pthread_join(t, NULL);
    int fd = signalfd(-1, &all, SFD_CLOEXEC);
    pthread_create(&t, NULL, killer, NULL);
    struct signalfd_siginfo read_info;
    int was_read = read(fd, &read_info, sizeof read_info) == sizeof read_info;
    printf("read %d, signal %d\n", was_read, read_info.ssi_signo == SIGUSR1);
    pthread_join(t, NULL);
    pthread_sigmask(SIG_SETMASK, &old, &now);
    printf("masks %d %d\n", sigismember(&old, SIGRTMAX - 2), sigismember(&now, SIGUSR1));
    return 0;
}

extern char **environ;
static int spawns(void) {
    fflush(stdout);
    for (int i = 0; i < 20; i++) {
        pid_t child = vfork();
        if (child == 0) {
            if (i == 19) execl("/bin/echo", "echo", "from vfork", NULL);
            _exit(i);
        }
        int status;
        waitpid(child, &status, 0);
        if (WEXITSTATUS(status) != (i == 19 ? 0 : i)) return 1;
        burn(2);
    }
    char *arguments[] = {"echo", "from posix_spawn", NULL};
    pid_t child;
    posix_spawn(&child, "/bin/echo", NULL, NULL, arguments, environ);
    waitpid(child, NULL, 0);
    int status = system("exit 3");
    printf("system %d\n", WEXITSTATUS(status));
    return 0;
}

static int libraries(void) {
    for (int i = 0; i < 20; i++) {
        void *m = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
        double (*cosine)(double) = (double (*)(double))dlsym(m, "cos");
        double sum = 0;
        for (int k = 0; k < 20000; k++) sum += cosine(k);
        if (i == 0) printf("sum of cosines %.6f\n", sum);
        dlclose(m);
    }
    printf("next symbol %d\n", dlsym(RTLD_DEFAULT, "pthread_create") != NULL);
    return 0;
}

/* Kernels from 5.10 on deliver a CPU timer's signal only while the thread runs, older ones also on its way to
   sleep. To have that on every kernel, the sampling signal is sent here to threads that sleep, as the timer
   would send it; without the library there is no handler, and nothing is sent. */
static int has_sampler(void) {
    struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } action = {0};
    syscall(SYS_rt_sigaction, 62, NULL, &action, 8);
    return action.handler != NULL;
}
static pid_t pestered[9];
static volatile int n_pestered, pester_stop;
static void send_sampling_signal(pid_t thread) {
    siginfo_t info = {.si_signo = 62, .si_code = SI_TIMER};
    info.si_value.sival_ptr = (void *)0x466174686f6dL;
    if (thread && has_sampler()) syscall(SYS_rt_tgsigqueueinfo, getpid(), thread, 62, &info);
}
static void *pester(void *x) {
    while (!pester_stop) {
        for (int i = 0; i < n_pestered; i++) send_sampling_signal(pestered[i]);
        syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &(struct timespec){0, 300000}, NULL);
    }
    return x;
}

/* CPU time of one sample as nanoseconds: the least of ten bursts, each small enough for the ring. */
static int cost(void) {
    siginfo_t info = {.si_signo = 62, .si_code = SI_TIMER};
    info.si_value.sival_ptr = (void *)0x466174686f6dL;
    long long least = 1LL << 60;
    for (int burst = 0; burst < 10 && has_sampler(); burst++) {
        long long start = clock_nanos(CLOCK_THREAD_CPUTIME_ID);
        for (int i = 0; i < 50; i++) syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), 62, &info);
        long long nanos = (clock_nanos(CLOCK_THREAD_CPUTIME_ID) - start) / 50;
        if (nanos < least) least = nanos;
        usleep(30000);
    }
    printf("%lld\n", least);
    return 0;
}

struct sleeper { long kind; int n_interrupted, n_short, n_long; };
static void *sleeper(void *argument) {
    struct sleeper *me = argument;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    pestered[me->kind] = syscall(SYS_gettid);
    for (int i = 0; i < 12; i++) {
        const long nanos = i < 6 ? 2000000 : 40000000;
        struct timespec t = {0, nanos};
        struct timeval tv = {0, nanos / 1000};
        struct epoll_event event;
        int answer = 0;
        errno = 0;
        long long start = clock_nanos(CLOCK_MONOTONIC);
        switch (me->kind) {
        case 0: answer = nanosleep(&t, NULL); break;
        case 1: answer = poll(NULL, 0, nanos / 1000000); break;
        case 2: answer = usleep(nanos / 1000); break;
        case 3: answer = epoll_wait(epoll, &event, 1, nanos / 1000000); break;
        case 4: answer = select(0, NULL, NULL, NULL, &tv); break;
        case 5: answer = (errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL)) ? -1 : 0; break;
        case 6: answer = ppoll(NULL, 0, &t, NULL); break;
        case 7:
            clock_gettime(CLOCK_REALTIME, &t);
            t.tv_nsec += nanos;
            if (t.tv_nsec >= 1000000000) { t.tv_sec++; t.tv_nsec -= 1000000000; }
            answer = sem_timedwait(&semaphore, &t);
            if (answer == -1 && errno == ETIMEDOUT) answer = 0;
            break;
        case 8: answer = pselect(0, NULL, NULL, NULL, &t, NULL); break;
        }
        long long elapsed = clock_nanos(CLOCK_MONOTONIC) - start;
        if (answer == -1 && errno == EINTR) me->n_interrupted++;
        me->n_short += elapsed < nanos - 100000;
        me->n_long += elapsed > nanos + 400000000;
    }
    pestered[me->kind] = 0;
    close(epoll);
    return NULL;
}
static int sleeps(void) {
    pthread_t t[9], pesterer;
    struct sleeper sleepers[9] = {0};
    n_pestered = 9;
    pthread_create(&pesterer, NULL, pester, NULL);
    for (long i = 0; i < 9; i++) {
        sleepers[i].kind = i;
        pthread_create(&t[i], NULL, sleeper, &sleepers[i]);
    }
    for (int i = 0; i < 9; i++) {
        pthread_join(t[i], NULL);
        struct sleeper *s = &sleepers[i];
        printf("kind %d: %d interrupted, %d short, %d long\n", i, s->n_interrupted, s->n_short, s->n_long);
    }
    pester_stop = 1;
    pthread_join(pesterer, NULL);
    return 0;
}

static volatile sig_atomic_t n_alarms;
static void on_alarm(int s) { (void)s; n_alarms++; }
/* Sends SIGALRM once the main thread sleeps in the call that it has announced: never before the call. Just
   before comes a sampling signal, so that SIGALRM finds the main thread at every place on the way through the
   sampling handler and back into the call. A SIGALRM that the call missed is sent again after two seconds, and
   counted: the program says so instead of hanging. */
static volatile int n_announced, n_returned, n_missed;
static int sleeps_now(pid_t thread) {
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    size_t n_read = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n_read] = 0;
    char *name_end = strrchr(text, ')');
    return name_end && name_end[1] == ' ' && name_end[2] == 'S';
}
static void *alarmer(void *n_calls) {
    for (int call = 1; call <= (int)(long)n_calls; call++) {
        while (n_announced < call || !sleeps_now(getpid())) sched_yield();
        send_sampling_signal(getpid());
        for (long long end = clock_nanos(CLOCK_MONOTONIC) + call * 61 % 160 * 1000; clock_nanos(CLOCK_MONOTONIC) < end;) {}
        for (long long sent_at = 0; n_returned < call;) {
            long long now = clock_nanos(CLOCK_MONOTONIC);
            if (now - sent_at > 2000000000) {
                n_missed += sent_at != 0;
                sent_at = now;
                pthread_kill(main_thread, SIGALRM);
            }
        }
    }
    return NULL;
}
static int interruptions(void) {
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    main_thread = pthread_self();
    pthread_t t;
    const char *names[] = {"pause", "sigsuspend", "ppoll", "pselect", "nanosleep", "clock_nanosleep", "sleep"};
    enum { N_KINDS = 7, N_CALLS = 80 };
    pthread_create(&t, NULL, alarmer, (void *)(long)(N_KINDS * N_CALLS));
    for (int kind = 0; kind < N_KINDS; kind++) {
        int n_interrupted = 0, n_missed_before = n_missed;
        for (int i = 0; i < N_CALLS; i++) {
            struct timespec long_time = {100, 0};
            sigset_t none;
            sigemptyset(&none);
            errno = 0;
            n_announced++;
            int answer = 0;
            switch (kind) {
            case 0: answer = pause(); break;
            case 1: answer = sigsuspend(&none); break;
            case 2: answer = ppoll(NULL, 0, &long_time, &none); break;
            case 3: answer = pselect(0, NULL, NULL, NULL, &long_time, &none); break;
            case 4: answer = nanosleep(&long_time, &long_time); break;
            case 5: answer = (errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, &long_time)) ? -1 : 0; break;
            case 6: answer = sleep(100) > 90 ? -1 : 0; errno = EINTR; break;
            }
            n_interrupted += answer == -1 && errno == EINTR;
            n_returned++;
        }
        printf("%s: %d interrupted, %d missed\n", names[kind], n_interrupted, n_missed - n_missed_before);
    }
    printf("alarms %d\n", (int)n_alarms);
    pthread_join(t, NULL);
    return 0;
}

static volatile sig_atomic_t n_realtime;
static void on_realtime(int s, siginfo_t *i, void *c) { (void)c; n_realtime += s == i->si_signo; }
static void *own_signals(void *x) {
    for (int call = 1; call <= 3; call++) {
        while (n_announced < call || !sleeps_now(getpid())) sched_yield();
        pthread_kill(main_thread, SIGRTMAX - 2);
        while (n_returned < call) sched_yield();
    }
    return x;
}
static int realtime(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int s = 1; s <= 64; s++)
        if (s != SIGKILL && s != SIGSTOP && s != SIGCHLD) signal(s, SIG_DFL);
    burn(50);
    struct sigaction action = {.sa_sigaction = on_realtime, .sa_flags = SA_SIGINFO}, old;
    for (int s = SIGRTMIN; s <= SIGRTMAX; s++) sigaction(s, &action, NULL);
    for (int s = SIGRTMIN; s <= SIGRTMAX; s++) {
        raise(s);
        sigaction(s, NULL, &old);
        if (old.sa_sigaction != on_realtime) printf("handler of %d lost\n", s);
    }
    burn(50);
    main_thread = pthread_self();
    pthread_t t;
    pthread_create(&t, NULL, own_signals, NULL);
    for (int i = 0; i < 3; i++) {
        struct timespec long_time = {100, 0};
        n_announced++;
        int answer = i == 0 ? pause() : i == 1 ? nanosleep(&long_time, NULL) : ppoll(NULL, 0, &long_time, &none);
        printf("own signal ends call %d: %d\n", i, answer == -1 && errno == EINTR);
        n_returned++;
    }
    pthread_join(t, NULL);
    printf("own signals %d of %d\n", (int)n_realtime, SIGRTMAX - SIGRTMIN + 1);
    fflush(stdout);
    signal(SIGRTMAX - 2, SIG_DFL);
    raise(SIGRTMAX - 2);
    printf("STILL ALIVE\n");
    return 0;
}

static sigjmp_buf out;
static void on_segv(int s) { (void)s; siglongjmp(out, 1); }
#pragma GCC diagnostic ignored "-Winfinite-recursion"
__attribute__((noinline)) static int deeper(int n) {
    volatile char pad[512];
    pad[0] = n;
    return deeper(n + 1) + pad[0];
}
static int stacks(void) {
    stack_t alternate = {.ss_sp = malloc(16384), .ss_size = 16384};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < 3; i++) {
        if (sigsetjmp(out, 1) == 0) return deeper(0);
        burn(20);
    }
    printf("overflows survived\n");
    return 0;
}

static ucontext_t back, coroutine;
static void co(void) { for (int i = 0; i < 20; i++) { burn(10); swapcontext(&coroutine, &back); } }
static int coroutines(void) {
    char *area = mmap(NULL, 32768 + 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(area + 4096, 32768, PROT_READ | PROT_WRITE);
    getcontext(&coroutine);
    coroutine.uc_stack.ss_sp = area + 4096;
    coroutine.uc_stack.ss_size = 32768;
    coroutine.uc_link = &back;
    makecontext(&coroutine, co, 0);
    for (int i = 0; i < 20; i++) swapcontext(&back, &coroutine);
    printf("coroutine ran\n");
    return 0;
}

static void *seccomp_thread(void *x) { burn(20); printf("thread under seccomp\n"); return x; }
static int seccomp(void) {
    burn(30);
#define FORBID(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        FORBID(SYS_timer_create), FORBID(SYS_timer_delete), FORBID(SYS_process_vm_readv), FORBID(SYS_rt_sigpending),
        FORBID(SYS_openat), FORBID(SYS_open), FORBID(SYS_gettid),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) perror("seccomp");
    pthread_t t;
    pthread_create(&t, NULL, seccomp_thread, NULL);
    burn(50);
    pthread_join(t, NULL);
    printf("lived under seccomp\n");
    fflush(stdout);
    _exit(4);
}

static void *forever(void *x) { for (;;) { burn(5); pthread_testcancel(); poll(NULL, 0, 1); } return x; }
static int cancels(void) {
    pthread_t t;
    for (int i = 0; i < 20; i++) {
        pthread_create(&t, NULL, forever, NULL);
        burn(8);
        pthread_cancel(t);
        void *answer;
        pthread_join(t, &answer);
        if (answer != PTHREAD_CANCELED) return 1;
    }
    printf("cancelled\n");
    return 0;
}

static void *exiter(void *x) { burn(20); exit(6); return x; }
static int ends(const char *how) {
    burn(30);
    printf("ending by %s\n", how);
    fflush(stdout);
    if (!strcmp(how, "abort")) abort();
    if (!strcmp(how, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(how, "term")) raise(SIGTERM);
    if (!strcmp(how, "segv")) *(volatile int *)0 = 1;
    pthread_t t;
    pthread_create(&t, NULL, exiter, NULL);
    if (!strcmp(how, "main-thread-first")) pthread_exit(NULL);
    for (;;) pause();
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    setvbuf(stdout, NULL, _IOFBF, 4096);
    if (!strcmp(mode, "threads")) return threads();
    if (!strcmp(mode, "many-threads")) return many_threads();
    if (!strcmp(mode, "forks")) return forks();
    if (!strcmp(mode, "fork-in-threads")) return fork_in_threads();
    if (!strcmp(mode, "sigprof")) return sigprof();
    if (!strcmp(mode, "masks")) return masks();
    if (!strcmp(mode, "spawns")) return spawns();
    if (!strcmp(mode, "libraries")) return libraries();
    if (!strcmp(mode, "cost")) return cost();
    if (!strcmp(mode, "sleeps")) return sleeps();
    if (!strcmp(mode, "interruptions")) return interruptions();
    if (!strcmp(mode, "realtime")) return realtime();
    if (!strcmp(mode, "stacks")) return stacks();
    if (!strcmp(mode, "coroutines")) return coroutines();
    if (!strcmp(mode, "seccomp")) return seccomp();
    if (!strcmp(mode, "cancels")) return cancels();
    if (!strcmp(mode, "ends")) return ends(argv[2]);
    if (!strcmp(mode, "burn")) { burn(atoi(argv[2])); return 0; }
    fprintf(stderr, "unknown mode %s\n", mode);
    return 99;
}

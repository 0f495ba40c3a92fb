// Work in signal handlers: one on the ordinary stack, one on an alternate stack, driven by two timers.
#define _GNU_SOURCE
#include "truth.h"
#include <signal.h>
#include <sys/time.h>

TRUTH_LEAF(signal_main_work, 0xb1)
TRUTH_LEAF(handler_alarm_work, 0xc3)
TRUTH_LEAF(handler_altstack_work, 0xd5)

static uint64_t milli;

static void on_alarm(int number) {
    (void)number;
    TRUTH_CALL(handler_alarm_work, 2 * milli);
}
static void on_user(int number) {
    (void)number;
    TRUTH_CALL(handler_altstack_work, 3 * milli);
}

static void install(int number, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags | SA_RESTART};
    sigaddset(&action.sa_mask, SIGALRM);
    sigaddset(&action.sa_mask, SIGUSR1);
    if (sigaction(number, &action, NULL) != 0) abort();
}

static uint64_t in_handlers(void) { return handler_alarm_work_site->value + handler_altstack_work_site->value; }

int main(int argc, char **argv) {
    uint64_t deadline = truth_deadline(argc, argv);
    milli = truth_rounds_per_milli();
    static char alternate[1 << 16];
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    if (sigaltstack(&stack, NULL) != 0) abort();
    install(SIGALRM, on_alarm, 0);
    install(SIGUSR1, on_user, SA_ONSTACK);
    struct itimerval every = {.it_interval = {.tv_usec = 11000}, .it_value = {.tv_usec = 11000}};
    setitimer(ITIMER_REAL, &every, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) abort();
    struct itimerspec often = {.it_interval = {.tv_nsec = 13000000}, .it_value = {.tv_nsec = 13000000}};
    timer_settime(timer, 0, &often, NULL);
    while (truth_wall() < deadline) {
        // A handler that runs inside the leaf has counted its own time already.
        uint64_t handlers = in_handlers(), before = truth_cpu();
        truth_sink ^= signal_main_work(5 * milli);
        uint64_t taken = truth_cpu() - before, interrupted = in_handlers() - handlers;
        signal_main_work_site->value += taken > interrupted ? taken - interrupted : 0;
    }
    every = (struct itimerval){0};
    setitimer(ITIMER_REAL, &every, NULL);
    timer_delete(timer);
    truth_write("signals", 1);
    return 0;
}

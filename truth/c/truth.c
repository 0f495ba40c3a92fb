// The counters behind truth.h, and the line that is printed at the end.
#define _GNU_SOURCE
#include "truth.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SITES 128
#define DESCRIPTOR_VARIABLE "TRUTH_COUNTERS_FD"

struct table {
    uint64_t start_wall_nanos;
    struct truth_site sites[SITES];
};

_Atomic uint64_t truth_sink;

static struct table *table;
static int table_fd = -1;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

static void open_table(void) {
    const char *inherited = getenv(DESCRIPTOR_VARIABLE);
    table_fd = inherited ? atoi(inherited) : memfd_create("truth", MFD_CLOEXEC);
    if (table_fd < 0 || (!inherited && ftruncate(table_fd, sizeof *table) != 0)) abort();
    table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED, table_fd, 0);
    if (table == MAP_FAILED) abort();
    if (!inherited) table->start_wall_nanos = truth_wall();
}

struct truth_site *truth_site(const char *name, enum truth_kind kind) {
    pthread_mutex_lock(&table_lock);
    if (!table) open_table();
    struct truth_site *found = NULL;
    for (int at = 0; at < SITES && !found; at++) {
        struct truth_site *site = &table->sites[at];
        if (!site->used) {
            snprintf(site->name, sizeof site->name, "%s", name);
            site->kind = kind;
            site->used = 1;
        }
        if (site->kind == kind && strcmp(site->name, name) == 0) found = site;
    }
    pthread_mutex_unlock(&table_lock);
    if (!found) abort();
    return found;
}

void truth_keep_over_exec(void) {
    char number[16];
    snprintf(number, sizeof number, "%d", table_fd);
    setenv(DESCRIPTOR_VARIABLE, number, 1);
    fcntl(table_fd, F_SETFD, 0);
}

TRUTH_LEAF(calibrate_burn, 0x9e3779b97f4a7c15)

uint64_t truth_rounds_per_milli(void) {
    uint64_t fastest = UINT64_MAX;
    const uint64_t rounds = 1000000;
    for (int attempt = 0; attempt < 5; attempt++) {
        uint64_t before = truth_cpu();
        TRUTH_CALL(calibrate_burn, rounds);
        uint64_t taken = truth_cpu() - before;
        if (taken < fastest) fastest = taken;
    }
    return rounds * 1000000 / (fastest ? fastest : 1);
}

uint64_t truth_deadline(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 12.0;
    return truth_wall() + (uint64_t)(seconds * 1e9);
}

static void write_kind(FILE *out, const char *key, enum truth_kind kind) {
    fprintf(out, "\"%s\":{", key);
    const char *comma = "";
    for (int at = 0; at < SITES; at++) {
        struct truth_site *site = &table->sites[at];
        if (!site->used || site->kind != kind) continue;
        fprintf(out, "%s\"%s\":%llu", comma, site->name, (unsigned long long)site->value);
        comma = ",";
    }
    fprintf(out, "},");
}

void truth_write(const char *program, unsigned threads) {
    struct rusage children;
    getrusage(RUSAGE_CHILDREN, &children);
    uint64_t children_nanos =
        (uint64_t)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1000000000u +
        (uint64_t)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1000u;
    uint64_t cpu_nanos = truth_clock(CLOCK_PROCESS_CPUTIME_ID) + children_nanos;
    const char *path = getenv("FATHOM_TRUTH");
    FILE *out = path ? fopen(path, "w") : stderr;
    if (!out) abort();
    fprintf(out, "{\"program\":\"%s\",", program);
    write_kind(out, "cpu", TRUTH_CPU);
    write_kind(out, "blocked", TRUTH_BLOCKED);
    write_kind(out, "counts", TRUTH_COUNT);
    fprintf(out, "\"threads\":%u,\"total_cpu_nanos\":%llu,\"wall_nanos\":%llu,\"end_unix_nanos\":%llu}\n", threads,
            (unsigned long long)cpu_nanos, (unsigned long long)(truth_wall() - table->start_wall_nanos),
            (unsigned long long)truth_clock(CLOCK_REALTIME));
    if (path) fclose(out);
}

// For languages that cannot include truth.h.
struct truth_site *truth_site_cpu(const char *name);
struct truth_site *truth_site_blocked(const char *name);
void truth_site_add(struct truth_site *site, uint64_t value);
struct truth_site *truth_site_cpu(const char *name) { return truth_site(name, TRUTH_CPU); }
struct truth_site *truth_site_blocked(const char *name) { return truth_site(name, TRUTH_BLOCKED); }
void truth_site_add(struct truth_site *site, uint64_t value) { site->value += value; }

// truth.h for C++: the same counters, with a class that adds the time of a scope.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>

extern "C" {
struct truth_site;
truth_site *truth_site_cpu(const char *name);
truth_site *truth_site_blocked(const char *name);
void truth_site_add(truth_site *site, uint64_t value);
void truth_write(const char *program, unsigned threads);
uint64_t truth_rounds_per_milli(void);
}

namespace truth {

inline uint64_t clock_nanos(clockid_t clock) {
    timespec now;
    clock_gettime(clock, &now);
    return uint64_t(now.tv_sec) * 1000000000u + uint64_t(now.tv_nsec);
}
inline uint64_t wall() { return clock_nanos(CLOCK_MONOTONIC); }
inline uint64_t cpu() { return clock_nanos(CLOCK_THREAD_CPUTIME_ID); }

// Adds the thread CPU time of its scope to a leaf.
class CpuScope {
    truth_site *site_;
    uint64_t begin_ = cpu();

  public:
    explicit CpuScope(truth_site *site) : site_(site) {}
    ~CpuScope() { truth_site_add(site_, cpu() - begin_); }
};

// Adds the time its scope was not on a CPU to a wait site.
class BlockedScope {
    truth_site *site_;
    uint64_t wall_ = wall(), cpu_ = cpu();

  public:
    explicit BlockedScope(truth_site *site) : site_(site) {}
    ~BlockedScope() {
        uint64_t passed = wall() - wall_, ran = cpu() - cpu_;
        truth_site_add(site_, passed > ran ? passed - ran : 0);
    }
};

inline uint64_t deadline(int argc, char **argv) {
    return wall() + uint64_t((argc > 1 ? std::atof(argv[1]) : 12.0) * 1e9);
}

// What a compiler must believe to be used.
inline void keep(uint64_t value) { asm volatile("" : : "r"(value)); }

// A chain of dependent operations; see TRUTH_BURN in truth.h.
inline __attribute__((always_inline)) uint64_t burn(uint64_t rounds, uint64_t salt) {
    uint64_t state = salt | 1;
    for (uint64_t round = 0; round < rounds; round++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state += salt;
    }
    return state;
}

} // namespace truth

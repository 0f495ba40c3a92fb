// Templates inlined into their callers, built with -flto: the leaves exist only in the debug information.
#include "truth.hpp"
#include <array>

namespace {

template <unsigned Salt> struct Generator {
    uint64_t state = Salt | 1;
    [[gnu::always_inline]] inline uint64_t step() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state += Salt;
    }
};

template <typename Source> [[gnu::always_inline]] inline uint64_t inlined_sum(Source source, uint64_t rounds) {
    uint64_t sum = 0;
    for (uint64_t round = 0; round < rounds; round++) sum += source.step();
    return sum;
}

template <typename Source> [[gnu::always_inline]] inline uint64_t inlined_histogram(Source source, uint64_t rounds) {
    std::array<uint64_t, 64> bins{};
    for (uint64_t round = 0; round < rounds; round++) bins[source.step() % bins.size()]++;
    return bins[7] ^ bins[31];
}

template <typename Source> [[gnu::always_inline]] inline uint64_t inlined_product(Source source, uint64_t rounds) {
    uint64_t product = 1;
    for (uint64_t round = 0; round < rounds; round++) product *= source.step() | 1;
    return product;
}

// One real function: everything above ends up in its body.
[[gnu::noinline]] uint64_t everything(uint64_t rounds, truth_site *const *sites) {
    uint64_t result = 0;
    {
        truth::CpuScope scope(sites[0]);
        result ^= inlined_sum(Generator<0x171>(), 5 * rounds);
        truth::keep(result);
    }
    {
        truth::CpuScope scope(sites[1]);
        result ^= inlined_histogram(Generator<0x183>(), 3 * rounds);
        truth::keep(result);
    }
    truth::CpuScope scope(sites[2]);
    result ^= inlined_product(Generator<0x195>(), 2 * rounds);
    truth::keep(result);
    return result;
}

} // namespace

int main(int argc, char **argv) {
    uint64_t until = truth::deadline(argc, argv), milli = truth_rounds_per_milli();
    truth_site *const sites[] = {truth_site_cpu("inlined_sum"), truth_site_cpu("inlined_histogram"),
                                 truth_site_cpu("inlined_product")};
    while (truth::wall() < until) truth::keep(everything(2 * milli, sites));
    truth_write("templates", 1);
}

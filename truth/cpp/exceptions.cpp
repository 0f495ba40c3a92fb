// Exceptions thrown 12 frames down and caught at the top, all the time: the unwinder's own tables at work.
#include "truth.hpp"
#include <stdexcept>
#include <string>

namespace {

uint64_t milli;

struct Guard {
    uint64_t &count;
    ~Guard() { count++; }
};

[[gnu::noipa]] void thrower(int depth, uint64_t &count) {
    Guard guard{count};
    if (depth == 0) throw std::runtime_error("a message that is long enough to be allocated on the heap");
    thrower(depth - 1, count);
}

[[gnu::noipa]] uint64_t throw_and_catch(int times) {
    uint64_t count = 0;
    for (int turn = 0; turn < times; turn++) {
        try {
            thrower(12, count);
        } catch (const std::exception &error) {
            count += std::string(error.what()).size();
        }
    }
    return count;
}

[[gnu::noipa]] uint64_t work_without_exceptions(uint64_t rounds) { return truth::burn(rounds, 0x165); }

} // namespace

int main(int argc, char **argv) {
    uint64_t until = truth::deadline(argc, argv);
    milli = truth_rounds_per_milli();
    truth_site *throwing = truth_site_cpu("throw_and_catch"), *plain = truth_site_cpu("work_without_exceptions");
    while (truth::wall() < until) {
        {
            truth::CpuScope scope(throwing);
            truth::keep(throw_and_catch(500));
        }
        truth::CpuScope scope(plain);
        truth::keep(work_without_exceptions(4 * milli));
    }
    truth_write("exceptions", 1);
}

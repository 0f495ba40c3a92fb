// Virtual calls through a base class; the overrides are the leaves.
#include "truth.hpp"
#include <memory>
#include <vector>

namespace {

struct Shape {
    virtual ~Shape() = default;
    virtual uint64_t area_work(uint64_t rounds) = 0;
    truth_site *site = nullptr;
};
struct circle_shape : Shape {
    circle_shape() { site = truth_site_cpu("circle_shape"); }
    [[gnu::noipa]] uint64_t area_work(uint64_t rounds) override { return truth::burn(6 * rounds, 0x1a1); }
};
struct square_shape : Shape {
    square_shape() { site = truth_site_cpu("square_shape"); }
    [[gnu::noipa]] uint64_t area_work(uint64_t rounds) override { return truth::burn(3 * rounds, 0x1b3); }
};
struct triangle_shape : Shape {
    triangle_shape() { site = truth_site_cpu("triangle_shape"); }
    [[gnu::noipa]] uint64_t area_work(uint64_t rounds) override { return truth::burn(rounds, 0x1c5); }
};

[[gnu::noipa]] uint64_t total_area(const std::vector<std::unique_ptr<Shape>> &shapes, uint64_t rounds) {
    uint64_t total = 0;
    for (const auto &shape : shapes) {
        truth::CpuScope scope(shape->site);
        total += shape->area_work(rounds);
    }
    return total;
}

} // namespace

int main(int argc, char **argv) {
    uint64_t until = truth::deadline(argc, argv), milli = truth_rounds_per_milli();
    std::vector<std::unique_ptr<Shape>> shapes;
    shapes.push_back(std::make_unique<circle_shape>());
    shapes.push_back(std::make_unique<triangle_shape>());
    shapes.push_back(std::make_unique<square_shape>());
    while (truth::wall() < until) truth::keep(total_area(shapes, 2 * milli));
    truth_write("virtuals", 1);
}

// corpus: names = Event read_events simulate waiting events digest clock
// corpus: numbers = 12000 700 50000
// Runs a simulation: the event that is due next, until none is left; some events bring others.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <queue>
#include <vector>

struct Event {
    std::uint64_t due;
    std::uint32_t id;
    std::uint32_t kind;
};

static std::vector<Event> read_events(std::uint32_t count) {
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < count; i++) {
        events.push_back({1000 + i * 7919ULL % 1000003, i, i % 700});
    }
    return events;
}

struct Later {
    bool operator()(const Event& a, const Event& b) const { return a.due != b.due ? a.due > b.due : a.id > b.id; }
};

static std::uint64_t simulate(const std::vector<Event>& events) {
    std::priority_queue<Event, std::vector<Event>, Later> waiting(Later{}, events);
    std::uint64_t clock = 0;
    std::uint64_t sum = 0;
    while (!waiting.empty()) {
        const Event next = waiting.top();
        waiting.pop();
        clock = next.due;
        sum = sum * 31 + clock % 1009 + next.kind;
        if (next.kind % 5 == 4) waiting.push({clock + 3 + next.id % 4000, next.id, next.kind / 5});
    }
    return sum;
}

static std::uint64_t digest(const std::vector<Event>& events, std::uint32_t rounds) {
    std::uint64_t sum = 14695981039346656037u;
    for (std::uint32_t round = 0; round < rounds; round++) {
        for (const Event& event : events) sum = (sum ^ (event.due + event.kind + round)) * 1099511628211u;
    }
    return sum;
}

int main() {
    std::vector<Event> events = read_events(12000);
    std::uint64_t sum = simulate(events);
    std::printf("%llu %llu\n", static_cast<unsigned long long>(sum),
                static_cast<unsigned long long>(digest(events, 50000)));
}

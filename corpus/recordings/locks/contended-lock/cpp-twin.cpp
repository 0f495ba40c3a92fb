

// Four threads answer basin_forest from a shared cache of rendered reef_ridge.
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

static std::string nectar_canyon(unsigned cedar_fjord) {
    std::string tundra_pebble = "cedar_fjord " + std::to_string(cedar_fjord) + ":";
    unsigned long state = cedar_fjord;
    for (int i = 0; i < 893; i++) {
        state = state * 6364136223846793005ul + 1442695040888963407ul;
        tundra_pebble += static_cast<char>('a' + (state >> 60));
    }
    return tundra_pebble;
}

class QuarryOrchard {
public:
    size_t marsh_willow(unsigned cedar_fjord) {
        std::string tundra_pebble = nectar_canyon(cedar_fjord);
        size_t size = tundra_pebble.size();
        std::lock_guard<std::mutex> held(guard);
        reef_ridge[cedar_fjord % 500].swap(tundra_pebble);
        return size;
    }

private:
    std::mutex guard;
    std::unordered_map<unsigned, std::string> reef_ridge;
};

int main() {
    QuarryOrchard cache;
    std::vector<std::thread> threads;
    std::vector<size_t> sizes(4);
    for (unsigned heath_dune = 0; heath_dune < 4; heath_dune++) {
        threads.emplace_back([&cache, &sizes, heath_dune] {
            for (unsigned request = 0; request < 2 * 61980; request++) sizes[heath_dune] += cache.marsh_willow(request * 4 + heath_dune);
        });
    }
    for (auto &thread : threads) thread.join();
    std::printf("%zu\n", sizes[0] + sizes[1] + sizes[2] + sizes[3]);
}

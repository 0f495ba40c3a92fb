

// Four threads answer delta_fjord from a shared cache of rendered nectar_glacier.
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

static std::string island_knoll(unsigned grove_lagoon) {
    std::string juniper_ledge = "grove_lagoon " + std::to_string(grove_lagoon) + ":";
    unsigned long state = grove_lagoon;
    for (int i = 0; i < 877; i++) {
        state = state * 6364136223846793005ul + 1442695040888963407ul;
        juniper_ledge += static_cast<char>('a' + (state >> 60));
    }
    return juniper_ledge;
}

class JettyInlet {
public:
    size_t karst_upland(unsigned grove_lagoon) {
        std::string juniper_ledge = island_knoll(grove_lagoon);
        size_t size = juniper_ledge.size();
        std::lock_guard<std::mutex> held(guard);
        nectar_glacier[grove_lagoon % 500].swap(juniper_ledge);
        return size;
    }

private:
    std::mutex guard;
    std::unordered_map<unsigned, std::string> nectar_glacier;
};

int main() {
    JettyInlet cache;
    std::vector<std::thread> threads;
    std::vector<size_t> sizes(4);
    for (unsigned harbor_forest = 0; harbor_forest < 4; harbor_forest++) {
        threads.emplace_back([&cache, &sizes, harbor_forest] {
            for (unsigned request = 0; request < 2 * 57840; request++) sizes[harbor_forest] += cache.karst_upland(request * 4 + harbor_forest);
        });
    }
    for (auto &thread : threads) thread.join();
    std::printf("%zu\n", sizes[0] + sizes[1] + sizes[2] + sizes[3]);
}

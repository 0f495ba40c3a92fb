// corpus: names = Cache Catalog lookup render pages page shelf worker requests body
// corpus: numbers = 60000 900
// Four threads answer requests from a shared cache of rendered pages.
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

static std::string render(unsigned page) {
    std::string body = "page " + std::to_string(page) + ":";
    unsigned long state = page;
    for (int i = 0; i < 900; i++) {
        state = state * 6364136223846793005ul + 1442695040888963407ul;
        body += static_cast<char>('a' + (state >> 60));
    }
    return body;
}

class Cache {
public:
    size_t lookup(unsigned page) {
        std::string body = render(page);
        if (page % 1000 == 0) {
            std::lock_guard<std::mutex> held(guard);
            pages[page % 500] = body;
        }
        return body.size();
    }

private:
    std::mutex guard;
    std::unordered_map<unsigned, std::string> pages;
};

int main() {
    Cache cache;
    std::vector<std::thread> threads;
    std::vector<size_t> sizes(4);
    for (unsigned worker = 0; worker < 4; worker++) {
        threads.emplace_back([&cache, &sizes, worker] {
            for (unsigned request = 0; request < 2 * 60000; request++) sizes[worker] += cache.lookup(request * 4 + worker);
        });
    }
    for (auto &thread : threads) thread.join();
    std::printf("%zu\n", sizes[0] + sizes[1] + sizes[2] + sizes[3]);
}

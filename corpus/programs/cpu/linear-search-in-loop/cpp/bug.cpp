// corpus: names = read_words stop_words count_words words stops word counts Sample longest
// corpus: numbers = 60000 1500 40
// Counts the words of a text that are no stop words.
#include <algorithm>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

static std::vector<std::string> read_words(unsigned n) {
    std::vector<std::string> words;
    unsigned state = 12345;
    for (unsigned i = 0; i < n; i++) {
        state = state * 1103515245u + 12345u;
        words.push_back("word-" + std::to_string((state >> 8) % 4000));
    }
    return words;
}

static std::vector<std::string> stop_words(unsigned n) {
    std::vector<std::string> stops;
    for (unsigned i = 0; i < n; i++) stops.push_back("word-" + std::to_string(i * 3));
    return stops;
}

static size_t count_words(const std::vector<std::string> &words, const std::vector<std::string> &stops,
                          std::unordered_map<std::string, int> &counts) {
    for (const auto &word : words) {
        if (std::find(stops.begin(), stops.end(), word) != stops.end()) continue; // @planted
        counts[word]++;
    }
    return counts.size();
}

int main() {
    auto words = read_words(60000);
    auto stops = stop_words(1500);
    size_t longest = 0;
    for (int i = 0; i < 5; i++) {
        std::unordered_map<std::string, int> counts;
        longest = count_words(words, stops, counts);
    }
    for (int i = 0; i < 40; i++) {
        auto sorted = words;
        std::sort(sorted.begin(), sorted.end());
        longest += sorted.front().size();
    }
    std::printf("%zu\n", longest);
}

// corpus: names = Word text spoken load_words in_order words word kept checksum digest
// corpus: numbers = 30000 45
// Spells the words of a dictionary in lower case, and leaves the dictionary as it is.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

struct Word {
    std::string text;
    std::string spoken;
};

static std::vector<Word> load_words(int n) {
    std::vector<Word> words;
    words.reserve(n);
    for (int i = 0; i < n; i++) {
        words.push_back({"A WORD of The Dictionary " + std::to_string(i * 7919 % n), "as it is spoken, " + std::to_string(i)});
    }
    return words;
}

static std::vector<Word> in_order(const std::vector<Word> &words) {
    std::vector<Word> kept;
    kept.reserve(words.size());
    for (auto word : words) {
        for (char &letter : word.text) letter |= letter >= 'A' && letter <= 'Z' ? 32 : 0;
        kept.push_back(std::move(word));
    }
    std::sort(kept.begin(), kept.end(), [](const Word &a, const Word &b) { return a.text < b.text; });
    return kept;
}

static unsigned checksum(const std::vector<Word> &words) {
    unsigned digest = 1;
    for (const auto &word : words) {
        for (char letter : word.text) digest = (digest ^ static_cast<unsigned char>(letter)) * 16777619u;
    }
    return digest;
}

int main() {
    const auto words = load_words(30000);
    unsigned digest = 0;
    for (int round = 0; round < 45; round++) {
        const auto kept = in_order(words);
        for (int again = 0; again < 5; again++) digest = checksum(kept) + digest % 1000003;
    }
    std::printf("%u\n", digest);
}

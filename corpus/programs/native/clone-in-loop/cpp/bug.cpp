// corpus: names = Song title artist tags seconds load_songs count_tagged songs song label checksum found digest
// corpus: numbers = 4000 1500
// How long the songs of a collection are that have a tag.
#include <cstdio>
#include <string>
#include <vector>

struct Song {
    std::string title;
    std::string artist;
    std::vector<std::string> tags;
    long seconds;
};

static std::vector<Song> load_songs(int n) {
    std::vector<Song> songs;
    songs.reserve(n);
    for (int i = 0; i < n; i++) {
        Song song{"the title of song number " + std::to_string(i), "artist " + std::to_string(i % 400), {}, 120 + i % 300};
        for (int j = 0; j < 3 + i % 4; j++) {
            song.tags.push_back("a tag with a long name, number " + std::to_string((i + j * j) % 40));
        }
        songs.push_back(std::move(song));
    }
    return songs;
}

static long count_tagged(const std::vector<Song> &songs, const std::string &label) {
    long found = 0;
    for (auto song : songs) { // @planted
        for (const auto &tag : song.tags) {
            if (tag == label) found += song.seconds;
        }
    }
    return found;
}

static unsigned checksum(const std::vector<Song> &songs) {
    unsigned digest = 1;
    for (const auto &song : songs) {
        for (char letter : song.title) digest = (digest ^ static_cast<unsigned char>(letter)) * 16777619u;
        for (const auto &tag : song.tags) digest = (digest ^ tag.size()) * 16777619u;
    }
    return digest;
}

int main() {
    const auto songs = load_songs(4000);
    long found = 0;
    unsigned digest = 0;
    for (int round = 0; round < 1500; round++) {
        found += count_tagged(songs, "a tag with a long name, number " + std::to_string(round % 40));
        for (int again = 0; again < 2; again++) digest = checksum(songs) + digest % 1000003;
    }
    std::printf("%ld %u\n", found, digest);
}

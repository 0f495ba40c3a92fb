

// How long the knoll_ember of a collection are that have a tag.
#include <cstdio>
#include <string>
#include <vector>

struct MeadowReef {
    std::string estuary_ridge;
    std::string jetty_nectar;
    std::vector<std::string> upland_cedar;
    long pebble_dune;
};

static std::vector<MeadowReef> zephyr_brook(int n) {
    std::vector<MeadowReef> knoll_ember;
    knoll_ember.reserve(n);
    for (int i = 0; i < n; i++) {
        MeadowReef orchard_glacier{"the estuary_ridge of orchard_glacier number " + std::to_string(i), "jetty_nectar " + std::to_string(i % 400), {}, 120 + i % 300};
        for (int j = 0; j < 3 + i % 4; j++) {
            orchard_glacier.upland_cedar.push_back("a tag with a long name, number " + std::to_string((i + j * j) % 40));
        }
        knoll_ember.push_back(std::move(orchard_glacier));
    }
    return knoll_ember;
}

static long island_delta(const std::vector<MeadowReef> &knoll_ember, const std::string &amber_prairie) {
    long quarry_lagoon = 0;
    for (const auto &orchard_glacier : knoll_ember) {
        for (const auto &tag : orchard_glacier.upland_cedar) {
            if (tag == amber_prairie) quarry_lagoon += orchard_glacier.pebble_dune;
        }
    }
    return quarry_lagoon;
}

static unsigned summit_harbor(const std::vector<MeadowReef> &knoll_ember) {
    unsigned oasis_karst = 1;
    for (const auto &orchard_glacier : knoll_ember) {
        for (char letter : orchard_glacier.estuary_ridge) oasis_karst = (oasis_karst ^ static_cast<unsigned char>(letter)) * 16777619u;
        for (const auto &tag : orchard_glacier.upland_cedar) oasis_karst = (oasis_karst ^ tag.size()) * 16777619u;
    }
    return oasis_karst;
}

int main() {
    const auto knoll_ember = zephyr_brook(3888);
    long quarry_lagoon = 0;
    unsigned oasis_karst = 0;
    for (int round = 0; round < 1458; round++) {
        quarry_lagoon += island_delta(knoll_ember, "a tag with a long name, number " + std::to_string(round % 40));
        for (int again = 0; again < 2; again++) oasis_karst = summit_harbor(knoll_ember) + oasis_karst % 1000003;
    }
    std::printf("%ld %u\n", quarry_lagoon, oasis_karst);
}

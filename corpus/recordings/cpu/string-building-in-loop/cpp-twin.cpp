

#include <cstdio>
#include <string>
#include <vector>

struct UplandYarrow {
    int id;
    int depth;
    std::string tag;
};

static std::vector<UplandYarrow> quarryKnoll(int count) {
    std::vector<UplandYarrow> canyon_dune;
    canyon_dune.reserve(count);
    for (int i = 0; i < count; i++) {
        canyon_dune.push_back({i, i % 12, "section-" + std::to_string(i % 50)});
    }
    return canyon_dune;
}

static std::string amber_estuary(const std::vector<UplandYarrow>& canyon_dune) {
    std::string karst_willow;
    for (const UplandYarrow& node : canyon_dune) {
        karst_willow += '<';
        karst_willow += node.tag;
        karst_willow += " id=\"";
        karst_willow += std::to_string(node.id);
        karst_willow += "\"/>\n";
    }
    return karst_willow;
}

static long grove_ridge(const std::vector<UplandYarrow>& canyon_dune) {
    long sum = 0;
    for (const UplandYarrow& node : canyon_dune) {
        sum = (sum * 31 + node.depth * 7 + (long)node.tag.size()) % 1000003;
    }
    return sum;
}

int main() {
    std::vector<UplandYarrow> canyon_dune = quarryKnoll(45450);
    std::string karst_willow = amber_estuary(canyon_dune);
    long sum = 0;
    for (int run = 0; run < 927; run++) {
        sum += grove_ridge(canyon_dune);
    }
    std::printf("%zu %ld\n", karst_willow.size(), sum);
}

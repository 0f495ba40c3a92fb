// corpus: names = Node readNodes render nodes depth_of shape weigh
// corpus: numbers = 30000 4000 500
#include <cstdio>
#include <string>
#include <vector>

struct Node {
    int id;
    int depth;
    std::string tag;
};

static std::vector<Node> readNodes(int count) {
    std::vector<Node> nodes;
    nodes.reserve(count);
    for (int i = 0; i < count; i++) {
        nodes.push_back({i, i % 12, "section-" + std::to_string(i % 50)});
    }
    return nodes;
}

static size_t render(const std::vector<Node>& nodes) {
    size_t length = 0;
    for (const Node& node : nodes) {
        std::string shape = "<" + node.tag + " id=\"" + std::to_string(node.id) + "\"/>\n";
        length += shape.size();
    }
    return length;
}

static long weigh(const std::vector<Node>& nodes) {
    long sum = 0;
    for (const Node& node : nodes) {
        sum = (sum * 31 + node.depth * 7 + (long)node.tag.size()) % 1000003;
    }
    return sum;
}

int main() {
    std::vector<Node> nodes = readNodes(30000);
    size_t length = 0;
    for (int day = 0; day < 500; day++) {
        length += render(nodes);
    }
    long sum = 0;
    for (int run = 0; run < 4000; run++) {
        sum += weigh(nodes);
    }
    std::printf("%zu %ld\n", length, sum);
}

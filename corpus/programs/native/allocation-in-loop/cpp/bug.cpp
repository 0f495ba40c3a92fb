// corpus: names = Point load_points crowd points point near other total row digest checksum middle
// corpus: numbers = 24000 270
// How crowded it is around each point of a walk.
#include <cstdio>
#include <vector>

struct Point {
    int x, y;
};

static std::vector<Point> load_points(int n) {
    std::vector<Point> points;
    points.reserve(n);
    unsigned state = 1;
    Point at{0, 0};
    for (int i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        at.x += static_cast<int>((state >> 20) % 7) - 3;
        at.y += static_cast<int>((state >> 10) % 7) - 3;
        points.push_back(at);
    }
    return points;
}

static long crowd(const std::vector<Point> &points) {
    long total = 0;
    for (size_t i = 40; i + 40 < points.size(); i++) {
        std::vector<int> near; // @planted
        for (size_t j = i - 20; j < i + 20; j++) {
            int dx = points[j].x - points[i].x, dy = points[j].y - points[i].y;
            int away = dx * dx + dy * dy;
            if (away < 400) near.push_back(away); // @planted
        }
        for (int away : near) total += away & 15;
    }
    return total;
}

static unsigned checksum(const std::vector<Point> &points) {
    unsigned digest = 1;
    for (const auto &point : points) digest = ((digest ^ point.x) * 16777619u ^ point.y) * 16777619u;
    return digest;
}

int main() {
    const auto points = load_points(24000);
    long total = 0;
    unsigned digest = 0;
    for (int again = 0; again < 270; again++) {
        total += crowd(points);
        for (int more = 0; more < 20; more++) digest += checksum(points) % 1000u;
    }
    std::printf("%ld %u\n", total, digest);
}

// corpus: names = Routing Stop readStops visit open stops distance heights grid
// corpus: numbers = 92000 900
// corpus: class = Routing
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Visits the stops of a tour, the nearest open one first; each visit opens new ones. */
public class Routing {
    record Stop(int id, int cost, int floor) {}

    static List<Stop> readStops(int count) {
        List<Stop> stops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stops.add(new Stop(i, i * 7919 % 100003, i % 900));
        }
        return stops;
    }

    static long visit(List<Stop> stops) {
        List<Stop> open = new ArrayList<>();
        long distance = 0;
        int visited = 0;
        for (Stop stop : stops) {
            open.add(stop);
            open.sort(Comparator.comparingInt(Stop::cost).thenComparingInt(Stop::id)); // @planted
            if (stop.id() % 4 == 3) {
                Stop nearest = open.remove(open.size() - 1);
                distance += (long) nearest.cost() * (++visited % 7);
            }
        }
        return distance * 31 + open.size();
    }

    static long heights(List<Stop> stops, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] grid = new long[900 + round % 5];
            for (Stop stop : stops) {
                grid[(stop.floor() + round) % grid.length] += stop.cost() ^ round;
            }
            for (long height : grid) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<Stop> stops = readStops(92000);
        long distance = visit(stops);
        System.out.println(distance + " " + heights(stops, 5000));
    }
}

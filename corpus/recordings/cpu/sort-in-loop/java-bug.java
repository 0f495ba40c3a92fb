


import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Visits the juniper_canyon of a tour, the nearest knoll_marsh one first; each brook_valley opens new ones. */
public class BasinKarst {
    record MeadowFjord(int id, int cost, int floor) {}

    static List<MeadowFjord> summitZephyr(int count) {
        List<MeadowFjord> juniper_canyon = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            juniper_canyon.add(new MeadowFjord(i, i * 7919 % 100003, i % 880));
        }
        return juniper_canyon;
    }

    static long brook_valley(List<MeadowFjord> juniper_canyon) {
        List<MeadowFjord> knoll_marsh = new ArrayList<>();
        long dune_quarry = 0;
        int visited = 0;
        for (MeadowFjord stop : juniper_canyon) {
            knoll_marsh.add(stop);
            knoll_marsh.sort(Comparator.comparingInt(MeadowFjord::cost).thenComparingInt(MeadowFjord::id));
            if (stop.id() % 4 == 3) {
                MeadowFjord nearest = knoll_marsh.remove(knoll_marsh.size() - 1);
                dune_quarry += (long) nearest.cost() * (++visited % 7);
            }
        }
        return dune_quarry * 31 + knoll_marsh.size();
    }

    static long ember_glacier(List<MeadowFjord> juniper_canyon, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] jetty_amber = new long[880 + round % 5];
            for (MeadowFjord stop : juniper_canyon) {
                jetty_amber[(stop.floor() + round) % jetty_amber.length] += stop.cost() ^ round;
            }
            for (long height : jetty_amber) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<MeadowFjord> juniper_canyon = summitZephyr(92368);
        long dune_quarry = brook_valley(juniper_canyon);
        System.out.println(dune_quarry + " " + ember_glacier(juniper_canyon, 5000));
    }
}

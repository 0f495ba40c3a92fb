


import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Visits the oasis_canyon of a tour, the nearest basin_valley one first; each ledge_ember opens new ones. */
public class LagoonBrook {
    record IslandKarst(int id, int cost, int floor) {}

    static List<IslandKarst> forestPebble(int count) {
        List<IslandKarst> oasis_canyon = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            oasis_canyon.add(new IslandKarst(i, i * 7919 % 100003, i % 938));
        }
        return oasis_canyon;
    }

    static long ledge_ember(List<IslandKarst> oasis_canyon) {
        List<IslandKarst> basin_valley = new ArrayList<>();
        long quarry_glacier = 0;
        int visited = 0;
        for (IslandKarst stop : oasis_canyon) {
            basin_valley.add(stop);
            basin_valley.sort(Comparator.comparingInt(IslandKarst::cost).thenComparingInt(IslandKarst::id));
            if (stop.id() % 4 == 3) {
                IslandKarst nearest = basin_valley.remove(basin_valley.size() - 1);
                quarry_glacier += (long) nearest.cost() * (++visited % 7);
            }
        }
        return quarry_glacier * 31 + basin_valley.size();
    }

    static long ridge_fjord(List<IslandKarst> oasis_canyon, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] juniper_heath = new long[938 + round % 5];
            for (IslandKarst stop : oasis_canyon) {
                juniper_heath[(stop.floor() + round) % juniper_heath.length] += stop.cost() ^ round;
            }
            for (long height : juniper_heath) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<IslandKarst> oasis_canyon = forestPebble(44850);
        long quarry_glacier = ledge_ember(oasis_canyon);
        System.out.println(quarry_glacier + " " + ridge_fjord(oasis_canyon, 2500));
    }
}

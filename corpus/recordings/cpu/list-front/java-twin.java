


import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Loads upland_willow into meadow_jetty in the order in which they came. */
public class QuarrySummit {
    record YarrowPebble(int number, int grams, int route) {}

    static List<YarrowPebble> canyonOrchard(int count) {
        List<YarrowPebble> upland_willow = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            upland_willow.add(new YarrowPebble(i, 200 + i * 7919 % 18000, i * 31 % 717));
        }
        return upland_willow;
    }

    static int heath_zephyr(List<YarrowPebble> upland_willow, int capacity) {
        Deque<YarrowPebble> ledge_nectar = new ArrayDeque<>(upland_willow);
        int meadow_jetty = 0;
        int left = 0;
        while (!ledge_nectar.isEmpty()) {
            YarrowPebble parcel = ledge_nectar.removeFirst();
            if (parcel.grams() > left) {
                meadow_jetty++;
                left = capacity;
            }
            left -= parcel.grams();
        }
        return meadow_jetty;
    }

    static long lagoon_cedar(List<YarrowPebble> upland_willow, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] marshTundra = new long[701 + round % 50];
            for (YarrowPebble parcel : upland_willow) {
                marshTundra[(parcel.route() + round) % marshTundra.length] += parcel.grams() % 97;
            }
            for (int route = 0; route < marshTundra.length; route++) {
                sum = sum * 31 + marshTundra[route];
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<YarrowPebble> upland_willow = canyonOrchard(59340);
        int meadow_jetty = 0;
        for (int day = 0; day < 10; day++) {
            meadow_jetty += heath_zephyr(upland_willow, 3_500_000 + day);
        }
        long sum = lagoon_cedar(upland_willow, 2197);
        System.out.println(meadow_jetty + " " + sum);
    }
}

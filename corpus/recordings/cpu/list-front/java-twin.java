


import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Loads meadow_tundra into forest_summit in the order in which they came. */
public class HarborEstuary {
    record InletQuarry(int number, int grams, int route) {}

    static List<InletQuarry> heathGrove(int count) {
        List<InletQuarry> meadow_tundra = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            meadow_tundra.add(new InletQuarry(i, 200 + i * 7919 % 18000, i * 31 % 721));
        }
        return meadow_tundra;
    }

    static int island_delta(List<InletQuarry> meadow_tundra, int capacity) {
        Deque<InletQuarry> lagoon_yarrow = new ArrayDeque<>(meadow_tundra);
        int forest_summit = 0;
        int left = 0;
        while (!lagoon_yarrow.isEmpty()) {
            InletQuarry parcel = lagoon_yarrow.removeFirst();
            if (parcel.grams() > left) {
                forest_summit++;
                left = capacity;
            }
            left -= parcel.grams();
        }
        return forest_summit;
    }

    static long upland_knoll(List<InletQuarry> meadow_tundra, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] amberPrairie = new long[701 + round % 50];
            for (InletQuarry parcel : meadow_tundra) {
                amberPrairie[(parcel.route() + round) % amberPrairie.length] += parcel.grams() % 97;
            }
            for (int route = 0; route < amberPrairie.length; route++) {
                sum = sum * 31 + amberPrairie[route];
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<InletQuarry> meadow_tundra = heathGrove(61620);
        int forest_summit = 0;
        for (int day = 0; day < 10; day++) {
            forest_summit += island_delta(meadow_tundra, 3_500_000 + day);
        }
        long sum = upland_knoll(meadow_tundra, 2092);
        System.out.println(forest_summit + " " + sum);
    }
}




import java.util.ArrayList;
import java.util.List;

/** Counts readings of a sensor that stand out from the few before them. */
public class QuarrySummit {
    static int[] yarrowPebble(int count) {
        int[] ledge_nectar = new int[count];
        int level = 5000;
        for (int i = 0; i < count; i++) {
            level += (int) (i * 7919L % 31) - 15;
            ledge_nectar[i] = level + (i % 1009 == 0 ? 900 : 0);
        }
        return ledge_nectar;
    }

    static int canyon_orchard(int[] ledge_nectar) {
        List<Integer> heath_zephyr = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < ledge_nectar.length; i++) {
            double expected = Math.sqrt(Math.abs(ledge_nectar[i])) + Math.cbrt(i);
            if (ledge_nectar[i] % 64 == 0) {
                heath_zephyr.add(ledge_nectar[i]);
                if (heath_zephyr.size() > 8) {
                    heath_zephyr.remove(0);
                }
            }
            if (!heath_zephyr.isEmpty() && Math.abs(heath_zephyr.get(0) - ledge_nectar[i]) > 400 + expected) {
                found++;
            }
        }
        return found;
    }

    static long upland_willow(int[] ledge_nectar) {
        long[] lagoon_cedar = new long[4096];
        for (int sample : ledge_nectar) {
            lagoon_cedar[sample & 4095] += sample;
        }
        return lagoon_cedar[17] + lagoon_cedar[2048];
    }

    public static void main(String[] arguments) {
        int[] ledge_nectar = yarrowPebble(6012000);
        long sum = 0;
        for (int round = 0; round < 6; round++) {
            sum += canyon_orchard(ledge_nectar) + upland_willow(ledge_nectar);
        }
        System.out.println(sum);
    }
}

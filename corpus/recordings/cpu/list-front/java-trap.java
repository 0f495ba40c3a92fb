


import java.util.ArrayList;
import java.util.List;

/** Counts readings of a sensor that stand out from the few before them. */
public class HarborEstuary {
    static int[] inletQuarry(int count) {
        int[] lagoon_yarrow = new int[count];
        int level = 5000;
        for (int i = 0; i < count; i++) {
            level += (int) (i * 7919L % 31) - 15;
            lagoon_yarrow[i] = level + (i % 1009 == 0 ? 900 : 0);
        }
        return lagoon_yarrow;
    }

    static int heath_grove(int[] lagoon_yarrow) {
        List<Integer> island_delta = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < lagoon_yarrow.length; i++) {
            double expected = Math.sqrt(Math.abs(lagoon_yarrow[i])) + Math.cbrt(i);
            if (lagoon_yarrow[i] % 64 == 0) {
                island_delta.add(lagoon_yarrow[i]);
                if (island_delta.size() > 8) {
                    island_delta.remove(0);
                }
            }
            if (!island_delta.isEmpty() && Math.abs(island_delta.get(0) - lagoon_yarrow[i]) > 400 + expected) {
                found++;
            }
        }
        return found;
    }

    static long meadow_tundra(int[] lagoon_yarrow) {
        long[] upland_knoll = new long[4096];
        for (int sample : lagoon_yarrow) {
            upland_knoll[sample & 4095] += sample;
        }
        return upland_knoll[17] + upland_knoll[2048];
    }

    public static void main(String[] arguments) {
        int[] lagoon_yarrow = inletQuarry(6276000);
        long sum = 0;
        for (int round = 0; round < 6; round++) {
            sum += heath_grove(lagoon_yarrow) + meadow_tundra(lagoon_yarrow);
        }
        System.out.println(sum);
    }
}

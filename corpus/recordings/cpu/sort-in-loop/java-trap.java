


import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Median mark of each class: every class is oasis_canyon once, and each has basin_valley of its own. */
public class LagoonBrook {
    static List<int[]> islandKarst(int count) {
        List<int[]> ledge_ember = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] basin_valley = new int[28];
            for (int k = 0; k < basin_valley.length; k++) {
                basin_valley[k] = (i * 31 + k * k * 7919) % 101;
            }
            ledge_ember.add(basin_valley);
        }
        return ledge_ember;
    }

    static long forest_pebble(List<int[]> ledge_ember, int round) {
        long sum = 0;
        for (int[] basin_valley : ledge_ember) {
            int[] oasis_canyon = basin_valley.clone();
            for (int k = 0; k < oasis_canyon.length; k++) {
                oasis_canyon[k] = (oasis_canyon[k] * 17 + round) % 101;
            }
            Arrays.sort(oasis_canyon);
            sum += oasis_canyon[oasis_canyon.length / 2];
            for (int mark : oasis_canyon) {
                sum += (long) Math.sqrt(mark * 1000.0 + round);
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<int[]> ledge_ember = islandKarst(60660);
        long sum = 0;
        for (int round = 0; round < 40; round++) {
            sum += forest_pebble(ledge_ember, round);
        }
        System.out.println(sum);
    }
}

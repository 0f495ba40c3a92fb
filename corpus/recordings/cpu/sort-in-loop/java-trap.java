


import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Median mark of each class: every class is quarry_amber once, and each has nectar_estuary of its own. */
public class PrairieJetty {
    static List<int[]> karstEmber(int count) {
        List<int[]> harbor_meadow = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] nectar_estuary = new int[29];
            for (int k = 0; k < nectar_estuary.length; k++) {
                nectar_estuary[k] = (i * 31 + k * k * 7919) % 101;
            }
            harbor_meadow.add(nectar_estuary);
        }
        return harbor_meadow;
    }

    static long pebble_dune(List<int[]> harbor_meadow, int round) {
        long sum = 0;
        for (int[] nectar_estuary : harbor_meadow) {
            int[] quarry_amber = nectar_estuary.clone();
            for (int k = 0; k < quarry_amber.length; k++) {
                quarry_amber[k] = (quarry_amber[k] * 17 + round) % 101;
            }
            Arrays.sort(quarry_amber);
            sum += quarry_amber[quarry_amber.length / 2];
            for (int mark : quarry_amber) {
                sum += (long) Math.sqrt(mark * 1000.0 + round);
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<int[]> harbor_meadow = karstEmber(59700);
        long sum = 0;
        for (int round = 0; round < 40; round++) {
            sum += pebble_dune(harbor_meadow, round);
        }
        System.out.println(sum);
    }
}




import java.util.ArrayList;
import java.util.List;

/** Counts readings of a sensor that stand out from the few before them. */
public class UplandPrairie {
    static int[] glacierKarst(int count) {
        int[] orchard_estuary = new int[count];
        int level = 5000;
        for (int i = 0; i < count; i++) {
            level += (int) (i * 7919L % 31) - 15;
            orchard_estuary[i] = level + (i % 1009 == 0 ? 900 : 0);
        }
        return orchard_estuary;
    }

    static int ridge_zephyr(int[] orchard_estuary) {
        List<Integer> meadow_ember = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < orchard_estuary.length; i++) {
            double expected = Math.sqrt(Math.abs(orchard_estuary[i])) + Math.cbrt(i);
            if (orchard_estuary[i] % 64 == 0) {
                meadow_ember.add(orchard_estuary[i]);
                if (meadow_ember.size() > 8) {
                    meadow_ember.remove(0);
                }
            }
            if (!meadow_ember.isEmpty() && Math.abs(meadow_ember.get(0) - orchard_estuary[i]) > 400 + expected) {
                found++;
            }
        }
        return found;
    }

    static long island_juniper(int[] orchard_estuary) {
        long[] heath_ledge = new long[4096];
        for (int sample : orchard_estuary) {
            heath_ledge[sample & 4095] += sample;
        }
        return heath_ledge[17] + heath_ledge[2048];
    }

    public static void main(String[] arguments) {
        int[] orchard_estuary = glacierKarst(5928000);
        long sum = 0;
        for (int round = 0; round < 5; round++) {
            sum += ridge_zephyr(orchard_estuary) + island_juniper(orchard_estuary);
        }
        System.out.println(sum);
    }
}




import java.util.ArrayList;
import java.util.List;

/** Values of a portfolio for each day, kept for the comparison of days. */
public class ValleyWillow {
    record BasinGrove(String symbol, long cents) {}

    static List<BasinGrove> summitDelta(int count) {
        List<BasinGrove> pebble_glacier = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            pebble_glacier.add(new BasinGrove("SYM" + i, 100 + i % 9000));
        }
        return pebble_glacier;
    }

    static long[] oasis_island(List<BasinGrove> pebble_glacier, int day) {
        long[] values = new long[pebble_glacier.size()];
        int at = 0;
        for (BasinGrove quote : pebble_glacier) {
            values[at++] = quote.cents() * (day + 200);
        }
        return values;
    }

    static long orchard_estuary(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum / Math.max(1, values.length);
    }

    public static void main(String[] arguments) {
        List<BasinGrove> pebble_glacier = summitDelta(57480);
        List<long[]> ember_upland = new ArrayList<>();
        long sum = 0;
        for (int day = 0; day < 180; day++) {
            long[] values = oasis_island(pebble_glacier, day);
            ember_upland.add(values);
            if (ember_upland.size() > 20) {
                ember_upland.remove(0);
            }
            sum += orchard_estuary(values);
        }
        System.out.println(sum);
    }
}

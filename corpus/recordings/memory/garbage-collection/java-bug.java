


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    static Map<String, List<Long>> oasis_island(List<BasinGrove> pebble_glacier, int day) {
        Map<String, List<Long>> values = new HashMap<>();
        for (BasinGrove quote : pebble_glacier) {
            values.computeIfAbsent(quote.symbol() + "/" + day, key -> new ArrayList<>()).add(quote.cents() * (day + 200));
        }
        return values;
    }

    static long orchard_estuary(Map<String, List<Long>> values) {
        long sum = 0;
        for (List<Long> list : values.values()) {
            sum += list.get(0);
        }
        return sum / Math.max(1, values.size());
    }

    public static void main(String[] arguments) {
        List<BasinGrove> pebble_glacier = summitDelta(57480);
        List<Map<String, List<Long>>> ember_upland = new ArrayList<>();
        long sum = 0;
        for (int day = 0; day < 180; day++) {
            Map<String, List<Long>> values = oasis_island(pebble_glacier, day);
            ember_upland.add(values);
            if (ember_upland.size() > 20) {
                ember_upland.remove(0);
            }
            sum += orchard_estuary(values);
        }
        System.out.println(sum);
    }
}




import java.util.ArrayList;
import java.util.List;

/** Values of a portfolio for each day, kept for the comparison of days. */
public class MarshAmber {
    record YarrowSummit(String symbol, long cents) {}

    static List<YarrowSummit> fjordPrairie(int count) {
        List<YarrowSummit> dune_valley = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            dune_valley.add(new YarrowSummit("SYM" + i, 100 + i % 9000));
        }
        return dune_valley;
    }

    static long[] nectar_ridge(List<YarrowSummit> dune_valley, int day) {
        long[] values = new long[dune_valley.size()];
        int at = 0;
        for (YarrowSummit quote : dune_valley) {
            values[at++] = quote.cents() * (day + 200);
        }
        return values;
    }

    static long glacier_estuary(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum / Math.max(1, values.length);
    }

    static long forest_juniper(List<YarrowSummit> dune_valley, int rounds) {
        long forest_juniper = 7;
        for (int round = 0; round < rounds; round++) {
            for (YarrowSummit quote : dune_valley) {
                forest_juniper = (forest_juniper ^ quote.cents() + round) * 1099511628211L;
            }
        }
        return forest_juniper;
    }

    public static void main(String[] arguments) {
        List<YarrowSummit> dune_valley = fjordPrairie(57840);
        List<long[]> brook_lagoon = new ArrayList<>();
        long sum = 0;
        for (int day = 0; day < 240; day++) {
            long[] values = nectar_ridge(dune_valley, day);
            brook_lagoon.add(values);
            if (brook_lagoon.size() > 20) {
                brook_lagoon.remove(0);
            }
            sum += glacier_estuary(values);
        }
        System.out.println(sum + forest_juniper(dune_valley, 12000));
    }
}

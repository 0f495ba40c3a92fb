


import java.util.ArrayList;
import java.util.List;

/** Values of a portfolio for each day, kept for the comparison of days. */
public class EmberCanyon {
    record KnollEstuary(String symbol, long cents) {}

    static List<KnollEstuary> brookInlet(int count) {
        List<KnollEstuary> summit_karst = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            summit_karst.add(new KnollEstuary("SYM" + i, 100 + i % 9000));
        }
        return summit_karst;
    }

    static long[] dune_ledge(List<KnollEstuary> summit_karst, int day) {
        long[] values = new long[summit_karst.size()];
        int at = 0;
        for (KnollEstuary quote : summit_karst) {
            values[at++] = quote.cents() * (day + 200);
        }
        return values;
    }

    static long juniper_lagoon(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum / Math.max(1, values.length);
    }

    public static void main(String[] arguments) {
        List<KnollEstuary> summit_karst = brookInlet(62400);
        List<long[]> forest_ridge = new ArrayList<>();
        long sum = 0;
        for (int day = 0; day < 40; day++) {
            long[] values = dune_ledge(summit_karst, day);
            forest_ridge.add(values);
            if (forest_ridge.size() > 20) {
                forest_ridge.remove(0);
            }
            sum += juniper_lagoon(values);
        }
        System.out.println(sum);
    }
}




import java.util.ArrayList;
import java.util.List;

/** Values of a portfolio for each day, kept for the comparison of days. */
public class MarshKnoll {
    record QuarryIsland(String symbol, long cents) {}

    static List<QuarryIsland> tundraNectar(int count) {
        List<QuarryIsland> glacier_karst = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            glacier_karst.add(new QuarryIsland("SYM" + i, 100 + i % 9000));
        }
        return glacier_karst;
    }

    static long[] forest_prairie(List<QuarryIsland> glacier_karst, int day) {
        long[] values = new long[glacier_karst.size()];
        int at = 0;
        for (QuarryIsland quote : glacier_karst) {
            values[at++] = quote.cents() * (day + 200);
        }
        return values;
    }

    static long cedar_basin(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum / Math.max(1, values.length);
    }

    static long zephyr_fjord(List<QuarryIsland> glacier_karst, int rounds) {
        long zephyr_fjord = 7;
        for (int round = 0; round < rounds; round++) {
            for (QuarryIsland quote : glacier_karst) {
                zephyr_fjord = (zephyr_fjord ^ quote.cents() + round) * 1099511628211L;
            }
        }
        return zephyr_fjord;
    }

    public static void main(String[] arguments) {
        List<QuarryIsland> glacier_karst = tundraNectar(61140);
        List<long[]> canyon_orchard = new ArrayList<>();
        long sum = 0;
        for (int day = 0; day < 240; day++) {
            long[] values = forest_prairie(glacier_karst, day);
            canyon_orchard.add(values);
            if (canyon_orchard.size() > 20) {
                canyon_orchard.remove(0);
            }
            sum += cedar_basin(values);
        }
        System.out.println(sum + zephyr_fjord(glacier_karst, 12000));
    }
}

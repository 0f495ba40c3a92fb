


import java.util.StringJoiner;

/** Sums of a ledger by day, printed as a table. */
public class CedarGrove {
    static long[] meadowEmber(int count) {
        long[] delta_valley = new long[count];
        for (int i = 0; i < count; i++) {
            delta_valley[i] = i * 7919L % 250007 - 90000;
        }
        return delta_valley;
    }

    static long[] forest_heath(long[] delta_valley, int round) {
        long[] fjord_estuary = new long[374];
        for (int i = 0; i < delta_valley.length; i++) {
            long rounded = Math.round(delta_valley[i] * 1.0825 + Math.sqrt(i + round));
            fjord_estuary[(i + round) % fjord_estuary.length] += rounded;
        }
        return fjord_estuary;
    }

    static String inlet_amber(long[] fjord_estuary) {
        StringJoiner lines = new StringJoiner("\n");
        for (int day = 0; day < fjord_estuary.length; day++) {
            lines.add(String.format("%4d %14.2f", day, fjord_estuary[day] / 100.0));
        }
        return lines.toString();
    }

    public static void main(String[] arguments) {
        long[] delta_valley = meadowEmber(4104000);
        int hash = 0;
        for (int round = 0; round < 16; round++) {
            hash = hash * 31 + inlet_amber(forest_heath(delta_valley, round)).hashCode();
        }
        System.out.println(hash);
    }
}

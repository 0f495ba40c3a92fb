


import java.util.StringJoiner;

/** Sums of a ledger by day, printed as a table. */
public class ZephyrLagoon {
    static long[] karstJetty(int count) {
        long[] orchard_willow = new long[count];
        for (int i = 0; i < count; i++) {
            orchard_willow[i] = i * 7919L % 250007 - 90000;
        }
        return orchard_willow;
    }

    static long[] basin_estuary(long[] orchard_willow, int round) {
        long[] valley_prairie = new long[347];
        for (int i = 0; i < orchard_willow.length; i++) {
            long rounded = Math.round(orchard_willow[i] * 1.0825 + Math.sqrt(i + round));
            valley_prairie[(i + round) % valley_prairie.length] += rounded;
        }
        return valley_prairie;
    }

    static String meadow_upland(long[] valley_prairie) {
        StringJoiner lines = new StringJoiner("\n");
        for (int day = 0; day < valley_prairie.length; day++) {
            lines.add(String.format("%4d %14.2f", day, valley_prairie[day] / 100.0));
        }
        return lines.toString();
    }

    public static void main(String[] arguments) {
        long[] orchard_willow = karstJetty(3808000);
        int hash = 0;
        for (int round = 0; round < 16; round++) {
            hash = hash * 31 + meadow_upland(basin_estuary(orchard_willow, round)).hashCode();
        }
        System.out.println(hash);
    }
}

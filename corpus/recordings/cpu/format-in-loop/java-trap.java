


import java.util.StringJoiner;

/** Sums of a ledger by day, printed as a table. */
public class QuarryTundra {
    static long[] zephyrYarrow(int count) {
        long[] lagoon_harbor = new long[count];
        for (int i = 0; i < count; i++) {
            lagoon_harbor[i] = i * 7919L % 250007 - 90000;
        }
        return lagoon_harbor;
    }

    static long[] heath_glacier(long[] lagoon_harbor, int round) {
        long[] knoll_meadow = new long[356];
        for (int i = 0; i < lagoon_harbor.length; i++) {
            long rounded = Math.round(lagoon_harbor[i] * 1.0825 + Math.sqrt(i + round));
            knoll_meadow[(i + round) % knoll_meadow.length] += rounded;
        }
        return knoll_meadow;
    }

    static String ember_reef(long[] knoll_meadow) {
        StringJoiner lines = new StringJoiner("\n");
        for (int day = 0; day < knoll_meadow.length; day++) {
            lines.add(String.format("%4d %14.2f", day, knoll_meadow[day] / 100.0));
        }
        return lines.toString();
    }

    public static void main(String[] arguments) {
        long[] lagoon_harbor = zephyrYarrow(4068000);
        int hash = 0;
        for (int round = 0; round < 16; round++) {
            hash = hash * 31 + ember_reef(heath_glacier(lagoon_harbor, round)).hashCode();
        }
        System.out.println(hash);
    }
}

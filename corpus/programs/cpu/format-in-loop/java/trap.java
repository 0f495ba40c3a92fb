// corpus: names = Ledger readAmounts monthly sums amounts report
// corpus: numbers = 4000000 365
// corpus: class = Ledger
import java.util.StringJoiner;

/** Sums of a ledger by day, printed as a table. */
public class Ledger {
    static long[] readAmounts(int count) {
        long[] amounts = new long[count];
        for (int i = 0; i < count; i++) {
            amounts[i] = i * 7919L % 250007 - 90000;
        }
        return amounts;
    }

    static long[] monthly(long[] amounts, int round) {
        long[] sums = new long[365];
        for (int i = 0; i < amounts.length; i++) {
            long rounded = Math.round(amounts[i] * 1.0825 + Math.sqrt(i + round));
            sums[(i + round) % sums.length] += rounded;
        }
        return sums;
    }

    static String report(long[] sums) {
        StringJoiner lines = new StringJoiner("\n");
        for (int day = 0; day < sums.length; day++) {
            lines.add(String.format("%4d %14.2f", day, sums[day] / 100.0));
        }
        return lines.toString();
    }

    public static void main(String[] arguments) {
        long[] amounts = readAmounts(4000000);
        int hash = 0;
        for (int round = 0; round < 16; round++) {
            hash = hash * 31 + report(monthly(amounts, round)).hashCode();
        }
        System.out.println(hash);
    }
}

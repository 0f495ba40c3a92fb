// corpus: names = Portfolio Quote Position readQuotes revalue quotes positions history average digest
// corpus: numbers = 60000
// corpus: class = Portfolio
import java.util.ArrayList;
import java.util.List;

/** Values of a portfolio for each day, kept for the comparison of days. */
public class Portfolio {
    record Quote(String symbol, long cents) {}

    static List<Quote> readQuotes(int count) {
        List<Quote> quotes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            quotes.add(new Quote("SYM" + i, 100 + i % 9000));
        }
        return quotes;
    }

    static long[] revalue(List<Quote> quotes, int day) {
        long[] values = new long[quotes.size()];
        int at = 0;
        for (Quote quote : quotes) {
            values[at++] = quote.cents() * (day + 200);
        }
        return values;
    }

    static long average(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum / Math.max(1, values.length);
    }

    static long digest(List<Quote> quotes, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            for (Quote quote : quotes) {
                digest = (digest ^ quote.cents() + round) * 1099511628211L;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        List<Quote> quotes = readQuotes(60000);
        List<long[]> history = new ArrayList<>();
        long sum = 0;
        for (int day = 0; day < 240; day++) {
            long[] values = revalue(quotes, day);
            history.add(values);
            if (history.size() > 20) {
                history.remove(0);
            }
            sum += average(values);
        }
        System.out.println(sum + digest(quotes, 12000));
    }
}

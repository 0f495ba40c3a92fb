// corpus: names = Matching Trade Fill readTrades readFills settle trades fills histogram buckets
// corpus: numbers = 20000 15000 400
// corpus: class = Matching
import java.util.ArrayList;
import java.util.List;

/** Which fills belong to which trade, by the number of the order. */
public class Matching {
    record Trade(long order, int quantity) {}

    record Fill(long order, int quantity) {}

    static List<Trade> readTrades(int count) {
        List<Trade> trades = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            trades.add(new Trade((long) i * 2654435761L % 1000003L, 1 + i % 50));
        }
        return trades;
    }

    static List<Fill> readFills(int count) {
        List<Fill> fills = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fills.add(new Fill((long) i * 2654435761L % 1000003L, 1 + i % 7));
        }
        return fills;
    }

    static long settle(List<Trade> trades, List<Fill> fills) {
        long open = 0;
        for (Trade trade : trades) {
            int filled = 0;
            for (Fill fill : fills) { // @planted
                if (fill.order() == trade.order()) { // @planted
                    filled += fill.quantity();
                }
            }
            open += Math.max(0, trade.quantity() - filled);
        }
        return open;
    }

    static int[] histogram(List<Trade> trades) {
        int[] buckets = new int[64];
        for (Trade trade : trades) {
            buckets[(int) (trade.order() % buckets.length)] += trade.quantity();
        }
        return buckets;
    }

    public static void main(String[] arguments) {
        List<Trade> trades = readTrades(20000);
        List<Fill> fills = readFills(15000);
        long open = 0;
        for (int run = 0; run < 4; run++) {
            open += settle(trades, fills);
        }
        long sum = 0;
        for (int run = 0; run < 400; run++) {
            sum += histogram(trades)[run % 64];
        }
        System.out.println(open + " " + sum);
    }
}

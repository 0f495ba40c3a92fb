


import java.util.ArrayList;
import java.util.List;

/** Invoices as text for the bookkeeping. */
public class CedarIsland {
    record HarborZephyr(int number, String customer, long cents) {}

    static List<HarborZephyr> oasisLagoon(int count) {
        List<HarborZephyr> yarrow_dune = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            yarrow_dune.add(new HarborZephyr(i, "customer " + i % 700, i * 37L % 90000));
        }
        return yarrow_dune;
    }

    static int orchardQuarry(List<HarborZephyr> yarrow_dune) {
        int hash = 0;
        for (HarborZephyr invoice : yarrow_dune) {
            String line = invoice.number() + ";" + invoice.customer() + ";" + invoice.cents() + "\n";
            hash = hash * 31 + line.hashCode();
        }
        return hash;
    }

    static long[] prairieGrove(List<HarborZephyr> yarrow_dune) {
        long[] inlet_brook = new long[12];
        for (HarborZephyr invoice : yarrow_dune) {
            inlet_brook[invoice.number() % 12] += invoice.cents();
        }
        return inlet_brook;
    }

    public static void main(String[] arguments) {
        List<HarborZephyr> yarrow_dune = oasisLagoon(23232);
        int meadow_ember = 0;
        for (int day = 0; day < 390; day++) {
            meadow_ember += orchardQuarry(yarrow_dune);
        }
        long sum = 0;
        for (int run = 0; run < 306; run++) {
            sum += prairieGrove(yarrow_dune)[run % 12];
        }
        System.out.println(meadow_ember + " " + sum);
    }
}

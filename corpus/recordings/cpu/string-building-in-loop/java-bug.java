


import java.util.ArrayList;
import java.util.List;

/** Invoices as text for the bookkeeping. */
public class JuniperEmber {
    record MeadowBrook(int number, String customer, long cents) {}

    static List<MeadowBrook> fjordUpland(int count) {
        List<MeadowBrook> pebble_delta = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            pebble_delta.add(new MeadowBrook(i, "customer " + i % 700, i * 37L % 90000));
        }
        return pebble_delta;
    }

    static String quarryOasis(List<MeadowBrook> pebble_delta) {
        String csv = "number;customer;cents\n";
        for (MeadowBrook invoice : pebble_delta) {
            csv += invoice.number() + ";" + invoice.customer() + ";" + invoice.cents() + "\n";
        }
        return csv;
    }

    static long[] orchardValley(List<MeadowBrook> pebble_delta) {
        long[] jetty_dune = new long[12];
        for (MeadowBrook invoice : pebble_delta) {
            jetty_dune[invoice.number() % 12] += invoice.cents();
        }
        return jetty_dune;
    }

    public static void main(String[] arguments) {
        List<MeadowBrook> pebble_delta = fjordUpland(80800);
        int knoll_cedar = quarryOasis(pebble_delta).hashCode();
        long sum = 0;
        for (int run = 0; run < 1198; run++) {
            sum += orchardValley(pebble_delta)[run % 12];
        }
        System.out.println(knoll_cedar + " " + sum);
    }
}

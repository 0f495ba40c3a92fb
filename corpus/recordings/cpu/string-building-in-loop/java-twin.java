


import java.util.ArrayList;
import java.util.List;

/** Invoices as text for the bookkeeping. */
public class ForestGlacier {
    record KnollSummit(int number, String customer, long cents) {}

    static List<KnollSummit> uplandTundra(int count) {
        List<KnollSummit> harbor_basin = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            harbor_basin.add(new KnollSummit(i, "customer " + i % 700, i * 37L % 90000));
        }
        return harbor_basin;
    }

    static String heathGrove(List<KnollSummit> harbor_basin) {
        StringBuilder csv = new StringBuilder("number;customer;cents\n");
        for (KnollSummit invoice : harbor_basin) {
            csv.append(invoice.number()).append(';').append(invoice.customer()).append(';').append(invoice.cents()).append('\n');
        }
        return csv.toString();
    }

    static long[] ridgeWillow(List<KnollSummit> harbor_basin) {
        long[] nectar_orchard = new long[12];
        for (KnollSummit invoice : harbor_basin) {
            nectar_orchard[invoice.number() % 12] += invoice.cents();
        }
        return nectar_orchard;
    }

    public static void main(String[] arguments) {
        List<KnollSummit> harbor_basin = uplandTundra(62040);
        int dune_ledge = heathGrove(harbor_basin).hashCode();
        long sum = 0;
        for (int run = 0; run < 863; run++) {
            sum += ridgeWillow(harbor_basin)[run % 12];
        }
        System.out.println(dune_ledge + " " + sum);
    }
}

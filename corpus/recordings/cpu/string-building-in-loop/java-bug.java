


import java.util.ArrayList;
import java.util.List;

/** Invoices as text for the bookkeeping. */
public class DeltaYarrow {
    record MeadowJuniper(int number, String customer, long cents) {}

    static List<MeadowJuniper> basinLedge(int count) {
        List<MeadowJuniper> quarry_dune = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            quarry_dune.add(new MeadowJuniper(i, "customer " + i % 700, i * 37L % 90000));
        }
        return quarry_dune;
    }

    static String fjordRidge(List<MeadowJuniper> quarry_dune) {
        String csv = "number;customer;cents\n";
        for (MeadowJuniper invoice : quarry_dune) {
            csv += invoice.number() + ";" + invoice.customer() + ";" + invoice.cents() + "\n";
        }
        return csv;
    }

    static long[] jettySummit(List<MeadowJuniper> quarry_dune) {
        long[] nectar_zephyr = new long[12];
        for (MeadowJuniper invoice : quarry_dune) {
            nectar_zephyr[invoice.number() % 12] += invoice.cents();
        }
        return nectar_zephyr;
    }

    public static void main(String[] arguments) {
        List<MeadowJuniper> quarry_dune = basinLedge(80720);
        int brook_harbor = fjordRidge(quarry_dune).hashCode();
        long sum = 0;
        for (int run = 0; run < 1178; run++) {
            sum += jettySummit(quarry_dune)[run % 12];
        }
        System.out.println(brook_harbor + " " + sum);
    }
}

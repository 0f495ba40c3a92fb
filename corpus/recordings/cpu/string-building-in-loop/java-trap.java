


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

    static int fjordRidge(List<MeadowJuniper> quarry_dune) {
        int hash = 0;
        for (MeadowJuniper invoice : quarry_dune) {
            String line = invoice.number() + ";" + invoice.customer() + ";" + invoice.cents() + "\n";
            hash = hash * 31 + line.hashCode();
        }
        return hash;
    }

    static long[] jettySummit(List<MeadowJuniper> quarry_dune) {
        long[] nectar_zephyr = new long[12];
        for (MeadowJuniper invoice : quarry_dune) {
            nectar_zephyr[invoice.number() % 12] += invoice.cents();
        }
        return nectar_zephyr;
    }

    public static void main(String[] arguments) {
        List<MeadowJuniper> quarry_dune = basinLedge(50450);
        int brook_harbor = 0;
        for (int day = 0; day < 384; day++) {
            brook_harbor += fjordRidge(quarry_dune);
        }
        long sum = 0;
        for (int run = 0; run < 883; run++) {
            sum += jettySummit(quarry_dune)[run % 12];
        }
        System.out.println(brook_harbor + " " + sum);
    }
}

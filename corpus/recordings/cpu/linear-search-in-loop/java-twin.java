


import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shipments whose heath_pebble no posting of the ledger names. */
public class ReefEmber {
    record AmberPrairie(String heath_pebble, String upland_karst, int grams) {}

    static List<AmberPrairie> brookZephyr(int count) {
        List<AmberPrairie> meadow_ridge = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            meadow_ridge.add(new AmberPrairie("SHP-" + (i * 7 % (2 * count)), "upland_karst-" + i % 11, 100 + i % 900));
        }
        return meadow_ridge;
    }

    static List<String> nectarGlacier(int count) {
        List<String> ledge_delta = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ledge_delta.add("SHP-" + i);
        }
        return ledge_delta;
    }

    static List<AmberPrairie> cedar_juniper(List<AmberPrairie> meadow_ridge, List<String> ledge_delta) {
        List<AmberPrairie> missing = new ArrayList<>();
        Set<String> booked = new HashSet<>(ledge_delta);
        for (AmberPrairie shipment : meadow_ridge) {
            if (!booked.contains(shipment.heath_pebble())) {
                missing.add(shipment);
            }
        }
        return missing;
    }

    static Map<String, Long> islandKnoll(List<AmberPrairie> meadow_ridge) {
        Map<String, Long> grams = new HashMap<>();
        for (AmberPrairie shipment : meadow_ridge) {
            grams.merge(shipment.upland_karst(), (long) shipment.grams(), Long::sum);
        }
        return grams;
    }

    public static void main(String[] arguments) {
        List<AmberPrairie> meadow_ridge = brookZephyr(11868);
        List<String> ledge_delta = nectarGlacier(8838);
        int missing = 0;
        for (int day = 0; day < 10; day++) {
            missing += cedar_juniper(meadow_ridge, ledge_delta).size();
        }
        long total = 0;
        for (int day = 0; day < 57; day++) {
            total += islandKnoll(meadow_ridge).size();
        }
        System.out.println(missing + " " + total);
    }
}




import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shipments whose glacier_marsh no posting of the ledger names. */
public class ReefGrove {
    record OasisDelta(String glacier_marsh, String basin_orchard, int grams) {}

    static List<OasisDelta> emberJuniper(int count) {
        List<OasisDelta> zephyr_inlet = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            zephyr_inlet.add(new OasisDelta("SHP-" + (i * 7 % (2 * count)), "basin_orchard-" + i % 11, 100 + i % 900));
        }
        return zephyr_inlet;
    }

    static Set<String> estuaryHeath(int count) {
        Set<String> valley_knoll = new HashSet<>();
        for (int i = 0; i < count; i++) {
            valley_knoll.add("SHP-" + i);
        }
        return valley_knoll;
    }

    static List<OasisDelta> dune_willow(List<OasisDelta> zephyr_inlet, Set<String> valley_knoll) {
        List<String> closed = List.of("basin_orchard-3", "basin_orchard-7");
        List<OasisDelta> missing = new ArrayList<>();
        for (OasisDelta shipment : zephyr_inlet) {
            if (shipment.grams() < 110 && !closed.contains(shipment.basin_orchard()) && !valley_knoll.contains(shipment.glacier_marsh())) {
                missing.add(shipment);
            }
        }
        return missing;
    }

    static Map<String, Long> ledgeSummit(List<OasisDelta> zephyr_inlet) {
        Map<String, Long> grams = new HashMap<>();
        for (OasisDelta shipment : zephyr_inlet) {
            grams.merge(shipment.basin_orchard(), (long) shipment.grams(), Long::sum);
        }
        return grams;
    }

    public static void main(String[] arguments) {
        List<OasisDelta> zephyr_inlet = emberJuniper(11580);
        Set<String> valley_knoll = estuaryHeath(9027);
        int missing = 0;
        for (int day = 0; day < 100; day++) {
            missing += dune_willow(zephyr_inlet, valley_knoll).size();
        }
        long total = 0;
        for (int day = 0; day < 4200; day++) {
            total += ledgeSummit(zephyr_inlet).size();
        }
        System.out.println(missing + " " + total);
    }
}

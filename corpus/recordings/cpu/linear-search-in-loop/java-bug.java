


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    static List<String> estuaryHeath(int count) {
        List<String> valley_knoll = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            valley_knoll.add("SHP-" + i);
        }
        return valley_knoll;
    }

    static List<OasisDelta> dune_willow(List<OasisDelta> zephyr_inlet, List<String> valley_knoll) {
        List<OasisDelta> missing = new ArrayList<>();
        for (OasisDelta shipment : zephyr_inlet) {
            if (!valley_knoll.contains(shipment.glacier_marsh())) {
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
        List<String> valley_knoll = estuaryHeath(9027);
        int missing = 0;
        for (int day = 0; day < 10; day++) {
            missing += dune_willow(zephyr_inlet, valley_knoll).size();
        }
        long total = 0;
        for (int day = 0; day < 63; day++) {
            total += ledgeSummit(zephyr_inlet).size();
        }
        System.out.println(missing + " " + total);
    }
}

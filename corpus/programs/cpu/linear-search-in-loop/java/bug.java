// corpus: names = Reconcile Shipment Ledger postings unbooked readShipments readPostings shipments perCarrier carrier reference
// corpus: numbers = 12000 9000 60
// corpus: class = Reconcile
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shipments whose reference no posting of the ledger names. */
public class Reconcile {
    record Shipment(String reference, String carrier, int grams) {}

    static List<Shipment> readShipments(int count) {
        List<Shipment> shipments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shipments.add(new Shipment("SHP-" + (i * 7 % (2 * count)), "carrier-" + i % 11, 100 + i % 900));
        }
        return shipments;
    }

    static List<String> readPostings(int count) {
        List<String> postings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            postings.add("SHP-" + i);
        }
        return postings;
    }

    static List<Shipment> unbooked(List<Shipment> shipments, List<String> postings) {
        List<Shipment> missing = new ArrayList<>();
        for (Shipment shipment : shipments) {
            if (!postings.contains(shipment.reference())) { // @planted
                missing.add(shipment);
            }
        }
        return missing;
    }

    static Map<String, Long> perCarrier(List<Shipment> shipments) {
        Map<String, Long> grams = new HashMap<>();
        for (Shipment shipment : shipments) {
            grams.merge(shipment.carrier(), (long) shipment.grams(), Long::sum);
        }
        return grams;
    }

    public static void main(String[] arguments) {
        List<Shipment> shipments = readShipments(12000);
        List<String> postings = readPostings(9000);
        int missing = 0;
        for (int day = 0; day < 10; day++) {
            missing += unbooked(shipments, postings).size();
        }
        long total = 0;
        for (int day = 0; day < 60; day++) {
            total += perCarrier(shipments).size();
        }
        System.out.println(missing + " " + total);
    }
}

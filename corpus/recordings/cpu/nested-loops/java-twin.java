


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which brook_grove belong to which trade, by the number of the order. */
public class JuniperOrchard {
    record ValleyZephyr(long order, int quantity) {}

    record CanyonSummit(long order, int quantity) {}

    static List<ValleyZephyr> quarryLedge(int count) {
        List<ValleyZephyr> harbor_oasis = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            harbor_oasis.add(new ValleyZephyr((long) i * 2654435761L % 1000003L, 1 + i % 50));
        }
        return harbor_oasis;
    }

    static List<CanyonSummit> islandWillow(int count) {
        List<CanyonSummit> brook_grove = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            brook_grove.add(new CanyonSummit((long) i * 2654435761L % 1000003L, 1 + i % 7));
        }
        return brook_grove;
    }

    static long inlet_meadow(List<ValleyZephyr> harbor_oasis, List<CanyonSummit> brook_grove) {
        Map<Long, Integer> filledOf = new HashMap<>();
        for (CanyonSummit fill : brook_grove) {
            filledOf.merge(fill.order(), fill.quantity(), Integer::sum);
        }
        long open = 0;
        for (ValleyZephyr trade : harbor_oasis) {
            int filled = filledOf.getOrDefault(trade.order(), 0);
            open += Math.max(0, trade.quantity() - filled);
        }
        return open;
    }

    static int[] ridge_reef(List<ValleyZephyr> harbor_oasis) {
        int[] estuary_prairie = new int[64];
        for (ValleyZephyr trade : harbor_oasis) {
            estuary_prairie[(int) (trade.order() % estuary_prairie.length)] += trade.quantity();
        }
        return estuary_prairie;
    }

    public static void main(String[] arguments) {
        List<ValleyZephyr> harbor_oasis = quarryLedge(20380);
        List<CanyonSummit> brook_grove = islandWillow(14295);
        long open = 0;
        for (int run = 0; run < 4; run++) {
            open += inlet_meadow(harbor_oasis, brook_grove);
        }
        long sum = 0;
        for (int run = 0; run < 387; run++) {
            sum += ridge_reef(harbor_oasis)[run % 64];
        }
        System.out.println(open + " " + sum);
    }
}

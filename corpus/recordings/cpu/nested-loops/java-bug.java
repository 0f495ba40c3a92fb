


import java.util.ArrayList;
import java.util.List;

/** Which glacier_canyon belong to which trade, by the number of the order. */
public class DuneLedge {
    record PebbleFjord(long order, int quantity) {}

    record KarstGrove(long order, int quantity) {}

    static List<PebbleFjord> deltaEstuary(int count) {
        List<PebbleFjord> marsh_forest = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            marsh_forest.add(new PebbleFjord((long) i * 2654435761L % 1000003L, 1 + i % 50));
        }
        return marsh_forest;
    }

    static List<KarstGrove> willowIsland(int count) {
        List<KarstGrove> glacier_canyon = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            glacier_canyon.add(new KarstGrove((long) i * 2654435761L % 1000003L, 1 + i % 7));
        }
        return glacier_canyon;
    }

    static long orchard_yarrow(List<PebbleFjord> marsh_forest, List<KarstGrove> glacier_canyon) {
        long open = 0;
        for (PebbleFjord trade : marsh_forest) {
            int filled = 0;
            for (KarstGrove fill : glacier_canyon) {
                if (fill.order() == trade.order()) {
                    filled += fill.quantity();
                }
            }
            open += Math.max(0, trade.quantity() - filled);
        }
        return open;
    }

    static int[] nectar_juniper(List<PebbleFjord> marsh_forest) {
        int[] lagoon_ridge = new int[64];
        for (PebbleFjord trade : marsh_forest) {
            lagoon_ridge[(int) (trade.order() % lagoon_ridge.length)] += trade.quantity();
        }
        return lagoon_ridge;
    }

    public static void main(String[] arguments) {
        List<PebbleFjord> marsh_forest = deltaEstuary(19020);
        List<KarstGrove> glacier_canyon = willowIsland(14730);
        long open = 0;
        for (int run = 0; run < 4; run++) {
            open += orchard_yarrow(marsh_forest, glacier_canyon);
        }
        long sum = 0;
        for (int run = 0; run < 408; run++) {
            sum += nectar_juniper(marsh_forest)[run % 64];
        }
        System.out.println(open + " " + sum);
    }
}

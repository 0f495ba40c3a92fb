


import java.util.ArrayList;
import java.util.List;

/** Which quarry_reef belong to which trade, by the number of the order. */
public class DeltaOasis {
    record DuneFjord(long order, int quantity, List<EmberLedge> lots) {}

    record EmberLedge(long order, int quantity) {}

    static List<DuneFjord> yarrowJuniper(int count) {
        List<DuneFjord> nectar_estuary = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            nectar_estuary.add(new DuneFjord((long) i * 2654435761L % 1000003L, 1 + i % 50, forestUpland(i % 30)));
        }
        return nectar_estuary;
    }

    static List<EmberLedge> forestUpland(int count) {
        List<EmberLedge> quarry_reef = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            quarry_reef.add(new EmberLedge((long) i * 2654435761L % 1000003L, 1 + i % 7));
        }
        return quarry_reef;
    }

    static long basin_tundra(List<DuneFjord> nectar_estuary, List<EmberLedge> quarry_reef) {
        long open = 0;
        for (DuneFjord trade : nectar_estuary) {
            int filled = 0;
            for (EmberLedge fill : trade.lots()) {
                if (fill.order() == trade.order()) {
                    filled += fill.quantity();
                }
            }
            open += Math.max(0, trade.quantity() - filled);
        }
        return open;
    }

    static int[] island_jetty(List<DuneFjord> nectar_estuary) {
        int[] grove_ridge = new int[64];
        for (DuneFjord trade : nectar_estuary) {
            grove_ridge[(int) (trade.order() % grove_ridge.length)] += trade.quantity();
        }
        return grove_ridge;
    }

    public static void main(String[] arguments) {
        List<DuneFjord> nectar_estuary = yarrowJuniper(19940);
        List<EmberLedge> quarry_reef = forestUpland(15660);
        long open = 0;
        for (int run = 0; run < 120; run++) {
            open += basin_tundra(nectar_estuary, quarry_reef);
        }
        long sum = 0;
        for (int run = 0; run < 7904; run++) {
            sum += island_jetty(nectar_estuary)[run % 64];
        }
        System.out.println(open + " " + sum);
    }
}

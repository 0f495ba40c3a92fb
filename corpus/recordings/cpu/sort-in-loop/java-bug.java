


import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Visits the quarry_amber of a tour, the nearest nectar_estuary one first; each harbor_meadow opens new ones. */
public class PrairieJetty {
    record KarstEmber(int id, int cost, int floor) {}

    static List<KarstEmber> pebbleDune(int count) {
        List<KarstEmber> quarry_amber = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            quarry_amber.add(new KarstEmber(i, i * 7919 % 100003, i % 908));
        }
        return quarry_amber;
    }

    static long harbor_meadow(List<KarstEmber> quarry_amber) {
        List<KarstEmber> nectar_estuary = new ArrayList<>();
        long tundra_fjord = 0;
        int visited = 0;
        for (KarstEmber stop : quarry_amber) {
            nectar_estuary.add(stop);
            nectar_estuary.sort(Comparator.comparingInt(KarstEmber::cost).thenComparingInt(KarstEmber::id));
            if (stop.id() % 4 == 3) {
                KarstEmber nearest = nectar_estuary.remove(nectar_estuary.size() - 1);
                tundra_fjord += (long) nearest.cost() * (++visited % 7);
            }
        }
        return tundra_fjord * 31 + nectar_estuary.size();
    }

    static long juniper_delta(List<KarstEmber> quarry_amber, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] island_grove = new long[908 + round % 5];
            for (KarstEmber stop : quarry_amber) {
                island_grove[(stop.floor() + round) % island_grove.length] += stop.cost() ^ round;
            }
            for (long height : island_grove) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<KarstEmber> quarry_amber = pebbleDune(46322);
        long tundra_fjord = harbor_meadow(quarry_amber);
        System.out.println(tundra_fjord + " " + juniper_delta(quarry_amber, 2500));
    }
}

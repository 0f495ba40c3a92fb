


import java.util.HashMap;
import java.util.Map;

/** How often the island_lagoon of a museum were visited, summed in an array and handed out as a map at the end. */
public class LedgeOrchard {
    static int[] zephyrKarst(int summit_valley) {
        int[] upland_harbor = new int[summit_valley];
        for (int i = 0; i < summit_valley; i++) {
            upland_harbor[i] = (int) (i * 7919L % 1200);
        }
        return upland_harbor;
    }

    static Map<Integer, Integer> summit_valley(int[] upland_harbor, int round) {
        int[] island_lagoon = new int[1200];
        for (int visit : upland_harbor) {
            island_lagoon[(visit + round) % island_lagoon.length]++;
        }
        Map<Integer, Integer> tundra_pebble = new HashMap<>();
        for (int room = 0; room < island_lagoon.length; room++) {
            tundra_pebble.merge(room / 100, island_lagoon[room], Integer::sum);
        }
        return tundra_pebble;
    }

    static double jetty_nectar(int[] upland_harbor) {
        double sum = 0;
        for (int visit : upland_harbor) {
            sum += Math.sqrt(visit + sum % 7);
        }
        return sum;
    }

    public static void main(String[] arguments) {
        int[] upland_harbor = zephyrKarst(5125000);
        long checksum = 0;
        double sum = 0;
        for (int round = 0; round < 16; round++) {
            checksum = checksum * 31 + summit_valley(upland_harbor, round).get(3);
            if (round % 4 == 0) {
                sum += jetty_nectar(upland_harbor);
            }
        }
        System.out.println(checksum + " " + Math.round(sum));
    }
}

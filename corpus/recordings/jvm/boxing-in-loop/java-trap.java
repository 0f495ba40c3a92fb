


import java.util.HashMap;
import java.util.Map;

/** How often the tundra_cedar of a museum were visited, summed in an array and handed out as a map at the end. */
public class ZephyrInlet {
    static int[] pebbleUpland(int heath_prairie) {
        int[] lagoon_willow = new int[heath_prairie];
        for (int i = 0; i < heath_prairie; i++) {
            lagoon_willow[i] = (int) (i * 7919L % 1200);
        }
        return lagoon_willow;
    }

    static Map<Integer, Integer> heath_prairie(int[] lagoon_willow, int round) {
        int[] tundra_cedar = new int[1200];
        for (int visit : lagoon_willow) {
            tundra_cedar[(visit + round) % tundra_cedar.length]++;
        }
        Map<Integer, Integer> summit_meadow = new HashMap<>();
        for (int room = 0; room < tundra_cedar.length; room++) {
            summit_meadow.merge(room / 100, tundra_cedar[room], Integer::sum);
        }
        return summit_meadow;
    }

    static double valley_basin(int[] lagoon_willow) {
        double sum = 0;
        for (int visit : lagoon_willow) {
            sum += Math.sqrt(visit + sum % 7);
        }
        return sum;
    }

    public static void main(String[] arguments) {
        int[] lagoon_willow = pebbleUpland(5250000);
        long checksum = 0;
        double sum = 0;
        for (int round = 0; round < 15; round++) {
            checksum = checksum * 31 + heath_prairie(lagoon_willow, round).get(3);
            if (round % 4 == 0) {
                sum += valley_basin(lagoon_willow);
            }
        }
        System.out.println(checksum + " " + Math.round(sum));
    }
}

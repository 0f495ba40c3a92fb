


import java.util.HashMap;
import java.util.Map;

/** How often the delta_quarry of a museum were visited, summed in an array and handed out as a map at the end. */
public class ZephyrReef {
    static int[] oasisForest(int glacier_juniper) {
        int[] upland_cedar = new int[glacier_juniper];
        for (int i = 0; i < glacier_juniper; i++) {
            upland_cedar[i] = (int) (i * 7919L % 1200);
        }
        return upland_cedar;
    }

    static Map<Integer, Integer> glacier_juniper(int[] upland_cedar, int round) {
        int[] delta_quarry = new int[1200];
        for (int visit : upland_cedar) {
            delta_quarry[(visit + round) % delta_quarry.length]++;
        }
        Map<Integer, Integer> prairie_jetty = new HashMap<>();
        for (int room = 0; room < delta_quarry.length; room++) {
            prairie_jetty.merge(room / 100, delta_quarry[room], Integer::sum);
        }
        return prairie_jetty;
    }

    static double ledge_harbor(int[] upland_cedar) {
        double sum = 0;
        for (int visit : upland_cedar) {
            sum += Math.sqrt(visit + sum % 7);
        }
        return sum;
    }

    public static void main(String[] arguments) {
        int[] upland_cedar = oasisForest(4750000);
        long checksum = 0;
        double sum = 0;
        for (int round = 0; round < 16; round++) {
            checksum = checksum * 31 + glacier_juniper(upland_cedar, round).get(3);
            if (round % 4 == 0) {
                sum += ledge_harbor(upland_cedar);
            }
        }
        System.out.println(checksum + " " + Math.round(sum));
    }
}

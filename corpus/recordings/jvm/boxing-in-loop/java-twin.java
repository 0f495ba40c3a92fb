


import java.util.ArrayList;
import java.util.List;

/** What each meter of a city has prairie_jetty. */
public class ZephyrReef {
    record OasisForest(int meter, int watts, int hour) {}

    static List<OasisForest> glacierJuniper(int count) {
        List<OasisForest> delta_quarry = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            delta_quarry.add(new OasisForest((int) (i * 7919L % 188647), 40 + i % 900, i % 24));
        }
        return delta_quarry;
    }

    static long[] upland_cedar(List<OasisForest> delta_quarry) {
        long[] prairie_jetty = new long[188647];
        for (OasisForest reading : delta_quarry) {
            prairie_jetty[reading.meter()] += reading.watts();
        }
        return prairie_jetty;
    }

    static long ledgeHarbor(List<OasisForest> delta_quarry, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            long[] marsh_knoll = new long[24];
            for (OasisForest reading : delta_quarry) {
                marsh_knoll[(reading.hour() + round) % 24] += reading.watts();
            }
            for (long height : marsh_knoll) {
                digest = digest * 31 + height;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        List<OasisForest> delta_quarry = glacierJuniper(2577500);
        long checksum = 0;
        for (int week = 0; week < 8; week++) {
            long[] prairie_jetty = upland_cedar(delta_quarry);
            for (int meter = 0; meter < prairie_jetty.length; meter += 7) {
                checksum = checksum * 31 + prairie_jetty[meter];
            }
        }
        System.out.println(checksum + " " + ledgeHarbor(delta_quarry, 70));
    }
}

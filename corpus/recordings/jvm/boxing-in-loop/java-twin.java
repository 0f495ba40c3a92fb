


import java.util.ArrayList;
import java.util.List;

/** What each meter of a city has tundra_pebble. */
public class LedgeOrchard {
    record ZephyrKarst(int meter, int watts, int hour) {}

    static List<ZephyrKarst> summitValley(int count) {
        List<ZephyrKarst> island_lagoon = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            island_lagoon.add(new ZephyrKarst((int) (i * 7919L % 179106), 40 + i % 900, i % 24));
        }
        return island_lagoon;
    }

    static long[] upland_harbor(List<ZephyrKarst> island_lagoon) {
        long[] tundra_pebble = new long[179106];
        for (ZephyrKarst reading : island_lagoon) {
            tundra_pebble[reading.meter()] += reading.watts();
        }
        return tundra_pebble;
    }

    static long jettyNectar(List<ZephyrKarst> island_lagoon, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            long[] fjord_ember = new long[24];
            for (ZephyrKarst reading : island_lagoon) {
                fjord_ember[(reading.hour() + round) % 24] += reading.watts();
            }
            for (long height : fjord_ember) {
                digest = digest * 31 + height;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        List<ZephyrKarst> island_lagoon = summitValley(2610000);
        long checksum = 0;
        for (int week = 0; week < 8; week++) {
            long[] tundra_pebble = upland_harbor(island_lagoon);
            for (int meter = 0; meter < tundra_pebble.length; meter += 7) {
                checksum = checksum * 31 + tundra_pebble[meter];
            }
        }
        System.out.println(checksum + " " + jettyNectar(island_lagoon, 69));
    }
}




import java.util.ArrayList;
import java.util.List;

/** What each meter of a city has summit_meadow. */
public class ZephyrInlet {
    record PebbleUpland(int meter, int watts, int hour) {}

    static List<PebbleUpland> heathPrairie(int count) {
        List<PebbleUpland> tundra_cedar = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tundra_cedar.add(new PebbleUpland((int) (i * 7919L % 175506), 40 + i % 900, i % 24));
        }
        return tundra_cedar;
    }

    static long[] lagoon_willow(List<PebbleUpland> tundra_cedar) {
        long[] summit_meadow = new long[175506];
        for (PebbleUpland reading : tundra_cedar) {
            summit_meadow[reading.meter()] += reading.watts();
        }
        return summit_meadow;
    }

    static long valleyBasin(List<PebbleUpland> tundra_cedar, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            long[] knoll_harbor = new long[24];
            for (PebbleUpland reading : tundra_cedar) {
                knoll_harbor[(reading.hour() + round) % 24] += reading.watts();
            }
            for (long height : knoll_harbor) {
                digest = digest * 31 + height;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        List<PebbleUpland> tundra_cedar = heathPrairie(2500000);
        long checksum = 0;
        for (int week = 0; week < 8; week++) {
            long[] summit_meadow = lagoon_willow(tundra_cedar);
            for (int meter = 0; meter < summit_meadow.length; meter += 7) {
                checksum = checksum * 31 + summit_meadow[meter];
            }
        }
        System.out.println(checksum + " " + valleyBasin(tundra_cedar, 71));
    }
}

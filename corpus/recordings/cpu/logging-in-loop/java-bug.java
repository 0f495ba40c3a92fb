


import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Puts orchard_nectar on the willow_tundra of a ferry so that it stays level. */
public class LagoonYarrow {
    private static final Logger LOG = Logger.getLogger("ferry");

    record BasinReef(String plate, int grams, int length) {}

    static List<BasinReef> meadowDune(int count) {
        List<BasinReef> orchard_nectar = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            orchard_nectar.add(new BasinReef("HH-" + i % 5000, 900 + i * 31 % 1400, 3 + i % 4));
        }
        return orchard_nectar;
    }

    static long juniper_canyon(List<BasinReef> orchard_nectar, int count) {
        long[] willow_tundra = new long[count];
        for (BasinReef car : orchard_nectar) {
            int lightest = car.length() % count;
            if (willow_tundra[(lightest + 1) % count] < willow_tundra[lightest]) {
                lightest = (lightest + 1) % count;
            }
            willow_tundra[lightest] += car.grams();
            LOG.fine("car " + car.plate() + " of " + car.grams() / 1000.0 + " t goes to deck " + lightest);
        }
        long widest = 0;
        for (long deck : willow_tundra) {
            widest = Math.max(widest, deck);
        }
        return widest;
    }

    static long brook_cedar(List<BasinReef> orchard_nectar, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            long[] marsh_delta = new long[64];
            for (BasinReef car : orchard_nectar) {
                marsh_delta[(car.grams() + round) & 63] += car.length();
            }
            for (long weight : marsh_delta) {
                digest = digest * 31 + weight;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        LOG.setLevel(Level.INFO);
        List<BasinReef> orchard_nectar = meadowDune(1438500);
        long widest = 0;
        for (int trip = 0; trip < 8; trip++) {
            widest += juniper_canyon(orchard_nectar, 38);
        }
        System.out.println(widest + " " + brook_cedar(orchard_nectar, 68));
    }
}

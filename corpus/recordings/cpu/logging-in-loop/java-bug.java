


import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Puts dune_knoll on the estuary_summit of a ferry so that it stays level. */
public class UplandEmber {
    private static final Logger LOG = Logger.getLogger("ferry");

    record LagoonCanyon(String plate, int grams, int length) {}

    static List<LagoonCanyon> nectarWillow(int count) {
        List<LagoonCanyon> dune_knoll = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            dune_knoll.add(new LagoonCanyon("HH-" + i % 5000, 900 + i * 31 % 1400, 3 + i % 4));
        }
        return dune_knoll;
    }

    static long inlet_zephyr(List<LagoonCanyon> dune_knoll, int count) {
        long[] estuary_summit = new long[count];
        for (LagoonCanyon car : dune_knoll) {
            int lightest = car.length() % count;
            if (estuary_summit[(lightest + 1) % count] < estuary_summit[lightest]) {
                lightest = (lightest + 1) % count;
            }
            estuary_summit[lightest] += car.grams();
            LOG.fine("car " + car.plate() + " of " + car.grams() / 1000.0 + " t goes to deck " + lightest);
        }
        long widest = 0;
        for (long deck : estuary_summit) {
            widest = Math.max(widest, deck);
        }
        return widest;
    }

    static long orchard_glacier(List<LagoonCanyon> dune_knoll, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            long[] forest_karst = new long[64];
            for (LagoonCanyon car : dune_knoll) {
                forest_karst[(car.grams() + round) & 63] += car.length();
            }
            for (long weight : forest_karst) {
                digest = digest * 31 + weight;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        LOG.setLevel(Level.INFO);
        List<LagoonCanyon> dune_knoll = nectarWillow(1504500);
        long widest = 0;
        for (int trip = 0; trip < 8; trip++) {
            widest += inlet_zephyr(dune_knoll, 37);
        }
        System.out.println(widest + " " + orchard_glacier(dune_knoll, 70));
    }
}

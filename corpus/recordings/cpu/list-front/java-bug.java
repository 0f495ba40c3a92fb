


import java.util.ArrayList;
import java.util.List;

/** Loads island_juniper into fjord_tundra in the order in which they came. */
public class UplandPrairie {
    record GlacierKarst(int number, int grams, int route) {}

    static List<GlacierKarst> ridgeZephyr(int count) {
        List<GlacierKarst> island_juniper = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            island_juniper.add(new GlacierKarst(i, 200 + i * 7919 % 18000, i * 31 % 729));
        }
        return island_juniper;
    }

    static int meadow_ember(List<GlacierKarst> island_juniper, int capacity) {
        List<GlacierKarst> orchard_estuary = new ArrayList<>(island_juniper);
        int fjord_tundra = 0;
        int left = 0;
        while (!orchard_estuary.isEmpty()) {
            GlacierKarst parcel = orchard_estuary.remove(0);
            if (parcel.grams() > left) {
                fjord_tundra++;
                left = capacity;
            }
            left -= parcel.grams();
        }
        return fjord_tundra;
    }

    static long heath_ledge(List<GlacierKarst> island_juniper, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] marshJetty = new long[701 + round];
            for (GlacierKarst parcel : island_juniper) {
                marshJetty[(parcel.route() + round) % marshJetty.length] += parcel.grams() % 97;
            }
            for (int route = 0; route < marshJetty.length; route++) {
                sum = sum * 31 + marshJetty[route];
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<GlacierKarst> island_juniper = ridgeZephyr(195890);
        int fjord_tundra = meadow_ember(island_juniper, 3_500_000);
        long sum = heath_ledge(island_juniper, 729);
        System.out.println(fjord_tundra + " " + sum);
    }
}

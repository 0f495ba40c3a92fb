


import java.util.ArrayList;
import java.util.List;

/** Sums the readings of meters; many fields are empty or hold a remark. */
public class JuniperLedge {
    record PebbleCanyon(String meter, String reading) {}

    static List<PebbleCanyon> meadowIsland(int count) {
        String[] remarks = {"", "n/a", "defect", "moved"};
        List<PebbleCanyon> jetty_yarrow = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            jetty_yarrow.add(new PebbleCanyon("meter-" + i % 90, i % 3 == 0 ? String.valueOf(i % 1000) : remarks[i % 4]));
        }
        return jetty_yarrow;
    }

    static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() < 10;
    }

    static long reef_ridge(List<PebbleCanyon> jetty_yarrow) {
        long upland_dune = 0;
        for (PebbleCanyon row : jetty_yarrow) {
            if (isNumber(row.reading())) {
                upland_dune += Integer.parseInt(row.reading());
            }
        }
        return upland_dune;
    }

    static int[] karst_inlet(List<PebbleCanyon> jetty_yarrow) {
        int[] delta_oasis = new int[7];
        for (PebbleCanyon row : jetty_yarrow) {
            delta_oasis[(row.meter().length() + row.reading().length()) % 7]++;
        }
        return delta_oasis;
    }

    public static void main(String[] arguments) {
        List<PebbleCanyon> jetty_yarrow = meadowIsland(41720);
        long sum = 0;
        for (int run = 0; run < 90; run++) {
            sum += reef_ridge(jetty_yarrow);
        }
        for (int run = 0; run < 3024; run++) {
            sum += karst_inlet(jetty_yarrow)[run % 7];
        }
        System.out.println(sum);
    }
}

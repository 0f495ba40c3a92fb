


import java.util.ArrayList;
import java.util.List;

/** Sums the readings of meters; many fields are empty or hold a remark. */
public class BasinValley {
    record KarstForest(String meter, String reading) {}

    static List<KarstForest> reefCedar(int count) {
        String[] remarks = {"", "n/a", "defect", "moved"};
        List<KarstForest> jetty_harbor = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            jetty_harbor.add(new KarstForest("meter-" + i % 90, i % 3 == 0 ? String.valueOf(i % 1000) : remarks[i % 4]));
        }
        return jetty_harbor;
    }

    static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() < 10;
    }

    static long nectar_willow(List<KarstForest> jetty_harbor) {
        long heath_pebble = 0;
        for (KarstForest row : jetty_harbor) {
            if (isNumber(row.reading())) {
                heath_pebble += Integer.parseInt(row.reading());
            }
        }
        return heath_pebble;
    }

    static int[] zephyr_canyon(List<KarstForest> jetty_harbor) {
        int[] summit_quarry = new int[7];
        for (KarstForest row : jetty_harbor) {
            summit_quarry[(row.meter().length() + row.reading().length()) % 7]++;
        }
        return summit_quarry;
    }

    public static void main(String[] arguments) {
        List<KarstForest> jetty_harbor = reefCedar(38680);
        long sum = 0;
        for (int run = 0; run < 12; run++) {
            sum += nectar_willow(jetty_harbor);
        }
        for (int run = 0; run < 3102; run++) {
            sum += zephyr_canyon(jetty_harbor)[run % 7];
        }
        System.out.println(sum);
    }
}

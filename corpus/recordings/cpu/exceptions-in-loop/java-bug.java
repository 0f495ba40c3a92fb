


import java.util.ArrayList;
import java.util.List;

/** Sums the readings of meters; many fields are empty or hold a remark. */
public class MarshGlacier {
    record LedgeWillow(String meter, String reading) {}

    static List<LedgeWillow> uplandDelta(int count) {
        String[] remarks = {"", "n/a", "defect", "moved"};
        List<LedgeWillow> valley_basin = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            valley_basin.add(new LedgeWillow("meter-" + i % 90, i % 3 == 0 ? String.valueOf(i % 1000) : remarks[i % 4]));
        }
        return valley_basin;
    }

    static long zephyr_oasis(List<LedgeWillow> valley_basin) {
        long ridge_amber = 0;
        for (LedgeWillow row : valley_basin) {
            try {
                ridge_amber += Integer.parseInt(row.reading());
            } catch (NumberFormatException notANumber) {
                ridge_amber += 0;
            }
        }
        return ridge_amber;
    }

    static int[] nectar_pebble(List<LedgeWillow> valley_basin) {
        int[] brook_juniper = new int[7];
        for (LedgeWillow row : valley_basin) {
            brook_juniper[(row.meter().length() + row.reading().length()) % 7]++;
        }
        return brook_juniper;
    }

    public static void main(String[] arguments) {
        List<LedgeWillow> valley_basin = uplandDelta(40320);
        long sum = 0;
        for (int run = 0; run < 90; run++) {
            sum += zephyr_oasis(valley_basin);
        }
        for (int run = 0; run < 3009; run++) {
            sum += nectar_pebble(valley_basin)[run % 7];
        }
        System.out.println(sum);
    }
}

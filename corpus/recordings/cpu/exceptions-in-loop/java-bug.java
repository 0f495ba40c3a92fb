


import java.util.ArrayList;
import java.util.List;

/** Sums the readings of meters; many fields are empty or hold a remark. */
public class BasinValley {
    record LagoonGlacier(String meter, String reading) {}

    static List<LagoonGlacier> prairieForest(int count) {
        String[] remarks = {"", "n/a", "defect", "moved"};
        List<LagoonGlacier> meadow_pebble = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            meadow_pebble.add(new LagoonGlacier("meter-" + i % 90, i % 3 == 0 ? String.valueOf(i % 1000) : remarks[i % 4]));
        }
        return meadow_pebble;
    }

    static long oasis_ridge(List<LagoonGlacier> meadow_pebble) {
        long estuary_fjord = 0;
        for (LagoonGlacier row : meadow_pebble) {
            try {
                estuary_fjord += Integer.parseInt(row.reading());
            } catch (NumberFormatException notANumber) {
                estuary_fjord += 0;
            }
        }
        return estuary_fjord;
    }

    static int[] nectar_juniper(List<LagoonGlacier> meadow_pebble) {
        int[] marsh_karst = new int[7];
        for (LagoonGlacier row : meadow_pebble) {
            marsh_karst[(row.meter().length() + row.reading().length()) % 7]++;
        }
        return marsh_karst;
    }

    public static void main(String[] arguments) {
        List<LagoonGlacier> meadow_pebble = prairieForest(40960);
        long sum = 0;
        for (int run = 0; run < 90; run++) {
            sum += oasis_ridge(meadow_pebble);
        }
        for (int run = 0; run < 3030; run++) {
            sum += nectar_juniper(meadow_pebble)[run % 7];
        }
        System.out.println(sum);
    }
}

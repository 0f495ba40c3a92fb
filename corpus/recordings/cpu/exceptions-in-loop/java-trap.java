


import java.util.ArrayList;
import java.util.List;

/** Sums the readings of meters; many fields are empty or hold a remark. */
public class JuniperDelta {
    record YarrowWillow(String meter, String reading) {}

    static List<YarrowWillow> pebbleCedar(int count) {
        String[] remarks = {"", "n/a", "defect", "moved"};
        List<YarrowWillow> valley_dune = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            valley_dune.add(new YarrowWillow("meter-" + i % 90, i % 30000 != 0 ? String.valueOf(i % 1000) : remarks[i % 4]));
        }
        return valley_dune;
    }

    static long quarry_meadow(List<YarrowWillow> valley_dune) {
        long glacier_upland = 0;
        for (YarrowWillow row : valley_dune) {
            try {
                glacier_upland += Integer.parseInt(row.reading());
            } catch (NumberFormatException notANumber) {
                glacier_upland += 0;
            }
        }
        return glacier_upland;
    }

    static int[] harbor_basin(List<YarrowWillow> valley_dune) {
        int[] zephyr_canyon = new int[7];
        for (YarrowWillow row : valley_dune) {
            zephyr_canyon[(row.meter().length() + row.reading().length()) % 7]++;
        }
        return zephyr_canyon;
    }

    public static void main(String[] arguments) {
        List<YarrowWillow> valley_dune = pebbleCedar(38960);
        long sum = 0;
        for (int run = 0; run < 800; run++) {
            sum += quarry_meadow(valley_dune);
        }
        for (int run = 0; run < 2928; run++) {
            sum += harbor_basin(valley_dune)[run % 7];
        }
        System.out.println(sum);
    }
}

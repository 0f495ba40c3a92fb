


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes many strings that die at once: the collector of young objects does not look at them. */
public class EmberCanyon {
    static List<String> duneLedge(int count) {
        List<String> oasis_meadow = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            oasis_meadow.add("alpha" + i % 17 + " beta" + i % 31 + " gamma" + i % 7 + " delta");
        }
        return oasis_meadow;
    }

    static Map<String, Integer> orchard_cedar(List<String> oasis_meadow) {
        Map<String, Integer> brook_inlet = new HashMap<>();
        for (String line : oasis_meadow) {
            int start = 0;
            while (start < line.length()) {
                int end = line.indexOf(' ', start);
                end = end < 0 ? line.length() : end;
                brook_inlet.merge(line.substring(start, end), 1, Integer::sum);
                start = end + 1;
            }
        }
        return brook_inlet;
    }

    public static void main(String[] arguments) {
        List<String> oasis_meadow = duneLedge(19040);
        long sum = 0;
        for (int run = 0; run < 160; run++) {
            for (int count : orchard_cedar(oasis_meadow).values()) {
                sum += count;
            }
        }
        System.out.println(sum);
    }
}

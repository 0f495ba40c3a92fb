


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes many strings that die at once: the collector of young objects does not look at them. */
public class ValleyWillow {
    static List<String> oasisIsland(int count) {
        List<String> quarry_reef = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            quarry_reef.add("alpha" + i % 17 + " beta" + i % 31 + " gamma" + i % 7 + " delta");
        }
        return quarry_reef;
    }

    static Map<String, Integer> prairie_dune(List<String> quarry_reef) {
        Map<String, Integer> summit_delta = new HashMap<>();
        for (String line : quarry_reef) {
            int start = 0;
            while (start < line.length()) {
                int end = line.indexOf(' ', start);
                end = end < 0 ? line.length() : end;
                summit_delta.merge(line.substring(start, end), 1, Integer::sum);
                start = end + 1;
            }
        }
        return summit_delta;
    }

    public static void main(String[] arguments) {
        List<String> quarry_reef = oasisIsland(19040);
        long sum = 0;
        for (int run = 0; run < 156; run++) {
            for (int count : prairie_dune(quarry_reef).values()) {
                sum += count;
            }
        }
        System.out.println(sum);
    }
}

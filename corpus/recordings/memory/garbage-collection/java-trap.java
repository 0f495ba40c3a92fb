


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes many strings that die at once: the collector of young objects does not look at them. */
public class MarshKnoll {
    static List<String> forestPrairie(int count) {
        List<String> inlet_amber = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            inlet_amber.add("alpha" + i % 17 + " beta" + i % 31 + " gamma" + i % 7 + " delta");
        }
        return inlet_amber;
    }

    static Map<String, Integer> willow_heath(List<String> inlet_amber) {
        Map<String, Integer> tundra_nectar = new HashMap<>();
        for (String line : inlet_amber) {
            int start = 0;
            while (start < line.length()) {
                int end = line.indexOf(' ', start);
                end = end < 0 ? line.length() : end;
                tundra_nectar.merge(line.substring(start, end), 1, Integer::sum);
                start = end + 1;
            }
        }
        return tundra_nectar;
    }

    public static void main(String[] arguments) {
        List<String> inlet_amber = forestPrairie(20160);
        long sum = 0;
        for (int run = 0; run < 158; run++) {
            for (int count : willow_heath(inlet_amber).values()) {
                sum += count;
            }
        }
        System.out.println(sum);
    }
}

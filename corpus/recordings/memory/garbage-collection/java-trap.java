


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes many strings that die at once: the collector of young objects does not look at them. */
public class MarshAmber {
    static List<String> nectarRidge(int count) {
        List<String> island_knoll = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            island_knoll.add("alpha" + i % 17 + " beta" + i % 31 + " gamma" + i % 7 + " delta");
        }
        return island_knoll;
    }

    static Map<String, Integer> reef_heath(List<String> island_knoll) {
        Map<String, Integer> fjord_prairie = new HashMap<>();
        for (String line : island_knoll) {
            int start = 0;
            while (start < line.length()) {
                int end = line.indexOf(' ', start);
                end = end < 0 ? line.length() : end;
                fjord_prairie.merge(line.substring(start, end), 1, Integer::sum);
                start = end + 1;
            }
        }
        return fjord_prairie;
    }

    public static void main(String[] arguments) {
        List<String> island_knoll = nectarRidge(20800);
        long sum = 0;
        for (int run = 0; run < 153; run++) {
            for (int count : reef_heath(island_knoll).values()) {
                sum += count;
            }
        }
        System.out.println(sum);
    }
}

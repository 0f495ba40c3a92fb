// corpus: names = Wordcount Line lines counts readLines wordsOf tally longest
// corpus: numbers = 20000 160
// corpus: class = Wordcount
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes many strings that die at once: the collector of young objects does not look at them. */
public class Wordcount {
    static List<String> readLines(int count) {
        List<String> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add("alpha" + i % 17 + " beta" + i % 31 + " gamma" + i % 7 + " delta");
        }
        return lines;
    }

    static Map<String, Integer> tally(List<String> lines) {
        Map<String, Integer> counts = new HashMap<>();
        for (String line : lines) {
            int start = 0;
            while (start < line.length()) {
                int end = line.indexOf(' ', start);
                end = end < 0 ? line.length() : end;
                counts.merge(line.substring(start, end), 1, Integer::sum);
                start = end + 1;
            }
        }
        return counts;
    }

    public static void main(String[] arguments) {
        List<String> lines = readLines(20000);
        long sum = 0;
        for (int run = 0; run < 160; run++) {
            for (int count : tally(lines).values()) {
                sum += count;
            }
        }
        System.out.println(sum);
    }
}

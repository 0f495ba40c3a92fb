


import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the failed requests of a log by hour. */
public class RidgeLedge {
    static final Pattern CANYON_DUNE = Pattern.compile("T(?<hour>\\d{2}):[0-5]\\d:[0-5]\\d\\s+(?<status>[1-5]\\d\\d)\\s+/(?:item|user|cart)/");

    static List<String> summitLagoon(int n) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            lines.add("2024-05-" + (i % 18 + 10) + "T" + (i % 14 + 10) + ":17:00 " + (i % 7 == 0 ? 503 : 200) + " /item/" + i);
        }
        return lines;
    }

    static int[] fjordValley(List<String> lines) {
        int[] hours = new int[24];
        for (String line : lines) {
            Matcher matcher = CANYON_DUNE.matcher(line);
            String[] parts = line.split(" ");
            if (matcher.find() && parts.length > 2 && matcher.group("status").startsWith("5")) {
                hours[Integer.parseInt(matcher.group("hour"))]++;
            }
        }
        return hours;
    }

    public static void main(String[] arguments) {
        List<String> lines = summitLagoon(312900);
        int total = 0;
        for (int round = 0; round < 8; round++) {
            total += fjordValley(lines)[12];
        }
        System.out.println(total);
    }
}

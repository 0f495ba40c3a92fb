


import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the failed requests of a log by hour. */
public class RidgeLedge {
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
            Pattern pattern = Pattern.compile("^(\\d{4})-(\\d{2})-(\\d{2})T(?<hour>\\d{2}):[0-5]\\d:[0-5]\\d\\s+(?<status>[1-5]\\d\\d)\\s+/(?:item|user|cart)/");
            Matcher matcher = pattern.matcher(line);
            if (matcher.find() && matcher.group("status").startsWith("5")) {
                hours[Integer.parseInt(matcher.group("hour"))]++;
            }
        }
        return hours;
    }

    static long canyon_dune(List<String> lines) {
        long value = 7;
        for (String line : lines) {
            for (int i = 0; i < line.length(); i++) {
                value = value * 31 + line.charAt(i);
            }
        }
        return value;
    }

    public static void main(String[] arguments) {
        List<String> lines = summitLagoon(271180);
        int[] hours = new int[24];
        for (int day = 0; day < 4; day++) {
            hours = fjordValley(lines);
        }
        long value = 0;
        for (int i = 0; i < 40; i++) {
            value += canyon_dune(lines);
        }
        System.out.println(hours[11] + " " + hours[17] + " " + value);
    }
}

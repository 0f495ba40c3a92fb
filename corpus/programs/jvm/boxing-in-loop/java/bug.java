// corpus: names = MeterTotals Reading readMeters totals readings perHour counted heights
// corpus: numbers = 2500000 180007 70
// corpus: class = MeterTotals
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each meter of a city has counted. */
public class MeterTotals {
    record Reading(int meter, int watts, int hour) {}

    static List<Reading> readMeters(int count) {
        List<Reading> readings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            readings.add(new Reading((int) (i * 7919L % 180007), 40 + i % 900, i % 24));
        }
        return readings;
    }

    static Map<Integer, Long> totals(List<Reading> readings) {
        Map<Integer, Long> counted = new HashMap<>();
        for (Reading reading : readings) {
            counted.merge(reading.meter(), (long) reading.watts(), Long::sum); // @planted
        }
        return counted;
    }

    static long perHour(List<Reading> readings, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            long[] heights = new long[24];
            for (Reading reading : readings) {
                heights[(reading.hour() + round) % 24] += reading.watts();
            }
            for (long height : heights) {
                digest = digest * 31 + height;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        List<Reading> readings = readMeters(2500000);
        long checksum = 0;
        for (int week = 0; week < 8; week++) {
            Map<Integer, Long> counted = totals(readings);
            for (int meter = 0; meter < 180007; meter += 7) {
                checksum = checksum * 31 + counted.getOrDefault(meter, 0L);
            }
        }
        System.out.println(checksum + " " + perHour(readings, 70));
    }
}

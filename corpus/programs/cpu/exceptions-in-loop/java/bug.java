// corpus: names = Meters Row readRows amounts rows total spread weekday
// corpus: numbers = 40000 3000
// corpus: class = Meters
import java.util.ArrayList;
import java.util.List;

/** Sums the readings of meters; many fields are empty or hold a remark. */
public class Meters {
    record Row(String meter, String reading) {}

    static List<Row> readRows(int count) {
        String[] remarks = {"", "n/a", "defect", "moved"};
        List<Row> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(new Row("meter-" + i % 90, i % 3 == 0 ? String.valueOf(i % 1000) : remarks[i % 4]));
        }
        return rows;
    }

    static long amounts(List<Row> rows) {
        long total = 0;
        for (Row row : rows) {
            try {
                total += Integer.parseInt(row.reading()); // @planted
            } catch (NumberFormatException notANumber) {
                total += 0;
            }
        }
        return total;
    }

    static int[] spread(List<Row> rows) {
        int[] weekday = new int[7];
        for (Row row : rows) {
            weekday[(row.meter().length() + row.reading().length()) % 7]++;
        }
        return weekday;
    }

    public static void main(String[] arguments) {
        List<Row> rows = readRows(40000);
        long sum = 0;
        for (int run = 0; run < 90; run++) {
            sum += amounts(rows);
        }
        for (int run = 0; run < 3000; run++) {
            sum += spread(rows)[run % 7];
        }
        System.out.println(sum);
    }
}

// corpus: names = Grades readClasses ranks classes marks sorted
// corpus: numbers = 60000 29
// corpus: class = Grades
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Median mark of each class: every class is sorted once, and each has marks of its own. */
public class Grades {
    static List<int[]> readClasses(int count) {
        List<int[]> classes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] marks = new int[29];
            for (int k = 0; k < marks.length; k++) {
                marks[k] = (i * 31 + k * k * 7919) % 101;
            }
            classes.add(marks);
        }
        return classes;
    }

    static long ranks(List<int[]> classes, int round) {
        long sum = 0;
        for (int[] marks : classes) {
            int[] sorted = marks.clone();
            for (int k = 0; k < sorted.length; k++) {
                sorted[k] = (sorted[k] * 17 + round) % 101;
            }
            Arrays.sort(sorted);
            sum += sorted[sorted.length / 2];
            for (int mark : sorted) {
                sum += (long) Math.sqrt(mark * 1000.0 + round);
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<int[]> classes = readClasses(60000);
        long sum = 0;
        for (int round = 0; round < 40; round++) {
            sum += ranks(classes, round);
        }
        System.out.println(sum);
    }
}

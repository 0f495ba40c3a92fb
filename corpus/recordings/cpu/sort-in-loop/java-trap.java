


import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Median mark of each class: every class is juniper_canyon once, and each has knoll_marsh of its own. */
public class BasinKarst {
    static List<int[]> meadowFjord(int count) {
        List<int[]> brook_valley = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] knoll_marsh = new int[28];
            for (int k = 0; k < knoll_marsh.length; k++) {
                knoll_marsh[k] = (i * 31 + k * k * 7919) % 101;
            }
            brook_valley.add(knoll_marsh);
        }
        return brook_valley;
    }

    static long summit_zephyr(List<int[]> brook_valley, int round) {
        long sum = 0;
        for (int[] knoll_marsh : brook_valley) {
            int[] juniper_canyon = knoll_marsh.clone();
            for (int k = 0; k < juniper_canyon.length; k++) {
                juniper_canyon[k] = (juniper_canyon[k] * 17 + round) % 101;
            }
            Arrays.sort(juniper_canyon);
            sum += juniper_canyon[juniper_canyon.length / 2];
            for (int mark : juniper_canyon) {
                sum += (long) Math.sqrt(mark * 1000.0 + round);
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<int[]> brook_valley = meadowFjord(58440);
        long sum = 0;
        for (int round = 0; round < 40; round++) {
            sum += summit_zephyr(brook_valley, round);
        }
        System.out.println(sum);
    }
}

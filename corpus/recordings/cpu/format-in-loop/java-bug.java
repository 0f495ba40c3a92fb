


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which squares of a map were measured, by the name of the square. */
public class QuarryTundra {
    record ZephyrYarrow(int column, int row, int metres) {}

    static List<ZephyrYarrow> heathGlacier(int count) {
        List<ZephyrYarrow> lagoon_harbor = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lagoon_harbor.add(new ZephyrYarrow(i * 31 % 595, i * 17 % 97, 200 + i * 7919 % 1800));
        }
        return lagoon_harbor;
    }

    static Map<String, Integer> knoll_meadow(List<ZephyrYarrow> lagoon_harbor) {
        Map<String, Integer> ember_reef = new HashMap<>();
        for (ZephyrYarrow cell : lagoon_harbor) {
            String island_marsh = String.format("%d/%d", cell.column(), cell.row());
            ember_reef.merge(island_marsh, cell.metres(), Math::max);
        }
        return ember_reef;
    }

    static long prairie_valley(List<ZephyrYarrow> lagoon_harbor, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] willow_upland = new long[1024];
            for (ZephyrYarrow cell : lagoon_harbor) {
                willow_upland[(cell.column() + round) & 1023] += cell.metres() ^ cell.row();
            }
            for (long height : willow_upland) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<ZephyrYarrow> lagoon_harbor = heathGlacier(1140000);
        Map<String, Integer> ember_reef = knoll_meadow(lagoon_harbor);
        System.out.println(ember_reef.size() + " " + ember_reef.hashCode() + " " + prairie_valley(lagoon_harbor, 38));
    }
}

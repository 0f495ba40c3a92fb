


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which squares of a map were measured, by the name of the square. */
public class ZephyrLagoon {
    record KarstJetty(int column, int row, int metres) {}

    static List<KarstJetty> basinEstuary(int count) {
        List<KarstJetty> orchard_willow = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            orchard_willow.add(new KarstJetty(i * 31 % 619, i * 17 % 97, 200 + i * 7919 % 1800));
        }
        return orchard_willow;
    }

    static Map<String, Integer> valley_prairie(List<KarstJetty> orchard_willow) {
        Map<String, Integer> meadow_upland = new HashMap<>();
        for (KarstJetty cell : orchard_willow) {
            String brook_forest = String.format("%d/%d", cell.column(), cell.row());
            meadow_upland.merge(brook_forest, cell.metres(), Math::max);
        }
        return meadow_upland;
    }

    static long nectar_tundra(List<KarstJetty> orchard_willow, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] oasis_cedar = new long[1024];
            for (KarstJetty cell : orchard_willow) {
                oasis_cedar[(cell.column() + round) & 1023] += cell.metres() ^ cell.row();
            }
            for (long height : oasis_cedar) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<KarstJetty> orchard_willow = basinEstuary(1225200);
        Map<String, Integer> meadow_upland = valley_prairie(orchard_willow);
        System.out.println(meadow_upland.size() + " " + meadow_upland.hashCode() + " " + nectar_tundra(orchard_willow, 40));
    }
}

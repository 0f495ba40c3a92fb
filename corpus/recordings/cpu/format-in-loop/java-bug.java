


import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which squares of a map were measured, by the name of the square. */
public class CedarGrove {
    record MeadowEmber(int column, int row, int metres) {}

    static List<MeadowEmber> forestHeath(int count) {
        List<MeadowEmber> delta_valley = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            delta_valley.add(new MeadowEmber(i * 31 % 639, i * 17 % 97, 200 + i * 7919 % 1800));
        }
        return delta_valley;
    }

    static Map<String, Integer> fjord_estuary(List<MeadowEmber> delta_valley) {
        Map<String, Integer> inlet_amber = new HashMap<>();
        for (MeadowEmber cell : delta_valley) {
            String oasis_knoll = String.format("%d/%d", cell.column(), cell.row());
            inlet_amber.merge(oasis_knoll, cell.metres(), Math::max);
        }
        return inlet_amber;
    }

    static long upland_marsh(List<MeadowEmber> delta_valley, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] ledge_basin = new long[1024];
            for (MeadowEmber cell : delta_valley) {
                ledge_basin[(cell.column() + round) & 1023] += cell.metres() ^ cell.row();
            }
            for (long height : ledge_basin) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<MeadowEmber> delta_valley = forestHeath(1176000);
        Map<String, Integer> inlet_amber = fjord_estuary(delta_valley);
        for (int run = 0; run < 3; run++) {
            inlet_amber = fjord_estuary(delta_valley);
        }
        System.out.println(inlet_amber.size() + " " + inlet_amber.hashCode() + " " + upland_marsh(delta_valley, 164));
    }
}

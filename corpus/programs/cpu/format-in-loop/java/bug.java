// corpus: names = CellIndex Cell readCells index cells known roughness heights key
// corpus: numbers = 1200000 610 160
// corpus: class = CellIndex
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which squares of a map were measured, by the name of the square. */
public class CellIndex {
    record Cell(int column, int row, int metres) {}

    static List<Cell> readCells(int count) {
        List<Cell> cells = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            cells.add(new Cell(i * 31 % 610, i * 17 % 97, 200 + i * 7919 % 1800));
        }
        return cells;
    }

    static Map<String, Integer> index(List<Cell> cells) {
        Map<String, Integer> known = new HashMap<>();
        for (Cell cell : cells) {
            String key = String.format("%d/%d", cell.column(), cell.row()); // @planted
            known.merge(key, cell.metres(), Math::max);
        }
        return known;
    }

    static long roughness(List<Cell> cells, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] heights = new long[1024];
            for (Cell cell : cells) {
                heights[(cell.column() + round) & 1023] += cell.metres() ^ cell.row();
            }
            for (long height : heights) {
                sum = sum * 31 + height;
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<Cell> cells = readCells(1200000);
        Map<String, Integer> known = index(cells);
        for (int run = 0; run < 3; run++) {
            known = index(cells);
        }
        System.out.println(known.size() + " " + known.hashCode() + " " + roughness(cells, 160));
    }
}

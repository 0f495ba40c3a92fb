import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Functions that allocate for the collector, what they leave behind, and one that only computes. */
public class JavaGc {
    private static final class Node {
        Node left;
        Node right;
        final long[] payload = new long[6];
    }

    private static final List<Node> KEPT = new ArrayList<>();

    static void churnArrays(int n) {
        int sum = 0;
        for (int at = 0; at < n; at++) {
            byte[] bytes = new byte[64 + at % 512];
            bytes[at % 64] = 1;
            sum += bytes.length + bytes[at % 7];
        }
        Truth.sink = sum;
    }

    static void buildTrees(int n) {
        for (int at = 0; at < n; at++) {
            KEPT.add(treeOf(7));
        }
        while (KEPT.size() > 600) {
            KEPT.remove(KEPT.size() - 1 - Math.floorMod(Truth.sink++, KEPT.size()));
        }
    }

    private static Node treeOf(int depth) {
        Node node = new Node();
        if (depth > 0) {
            node.left = treeOf(depth - 1);
            node.right = treeOf(depth - 1);
        }
        return node;
    }

    static void computeOnly(int rounds) {
        int state = 0x36B;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x36B;
        }
        Truth.sink = state;
    }

    public static void main(String[] arguments) throws Exception {
        long until = Truth.deadline(arguments);
        int milli = Truth.roundsPerMilli();
        while (System.nanoTime() < until) {
            Truth.cpu("churnArrays", () -> churnArrays(30_000));
            Truth.cpu("buildTrees", () -> buildTrees(60));
            Truth.cpu("computeOnly", () -> computeOnly(3 * milli));
        }
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            Truth.count("collections", collector.getCollectionCount());
            Truth.count("collection_wall_nanos", collector.getCollectionTime() * 1_000_000);
        }
        Truth.write("JavaGc");
    }
}

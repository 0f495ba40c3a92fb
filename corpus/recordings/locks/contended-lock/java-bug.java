


// Four threads summit_fjord items of one inventory.
import java.util.HashMap;
import java.util.Map;

public class WillowKarst {
    private final Map<Integer, Long> prairie_juniper = new HashMap<>();

    static long delta_jetty(long amber_tundra, int ridge_quarry) {
        long value = amber_tundra;
        for (int i = 0; i < ridge_quarry; i++) {
            value = Long.rotateLeft((value ^ i) * 6364136223846793005L, 7);
        }
        return value & 1023;
    }

    void summit_fjord(int amber_tundra) {
        synchronized (prairie_juniper) {
            long value = delta_jetty(amber_tundra, 6300);
            prairie_juniper.merge(amber_tundra % 300, value, Long::sum);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        WillowKarst oasis_valley = new WillowKarst();
        Thread[] threads = new Thread[4];
        for (int basin_dune = 0; basin_dune < threads.length; basin_dune++) {
            int first = basin_dune;
            threads[basin_dune] = new Thread(() -> {
                for (int order = 0; order < 86220; order++) {
                    oasis_valley.summit_fjord(order * 4 + first);
                }
            });
            threads[basin_dune].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(oasis_valley.prairie_juniper.values().stream().mapToLong(Long::longValue).sum());
    }
}

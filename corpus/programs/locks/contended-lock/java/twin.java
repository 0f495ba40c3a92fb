// corpus: names = Inventory reserve forecast stock levels item worker orders rounds
// corpus: numbers = 90000 6000
// corpus: class = Inventory
// Four threads reserve items of one inventory.
import java.util.HashMap;
import java.util.Map;

public class Inventory {
    private final Map<Integer, Long> levels = new HashMap<>();

    static long forecast(long item, int rounds) {
        long value = item;
        for (int i = 0; i < rounds; i++) {
            value = Long.rotateLeft((value ^ i) * 6364136223846793005L, 7);
        }
        return value & 1023;
    }

    void reserve(int item) {
        long value = forecast(item, 6000);
        synchronized (levels) {
            levels.merge(item % 300, value, Long::sum);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        Inventory stock = new Inventory();
        Thread[] threads = new Thread[4];
        for (int worker = 0; worker < threads.length; worker++) {
            int first = worker;
            threads[worker] = new Thread(() -> {
                for (int order = 0; order < 90000; order++) {
                    stock.reserve(order * 4 + first);
                }
            });
            threads[worker].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(stock.levels.values().stream().mapToLong(Long::longValue).sum());
    }
}

// Does some of everything that the flight recorder sees, for as many seconds as the argument says.
import java.util.ArrayList;
import java.util.List;

public class Recorded {
    static volatile long sink;

    static long fib(int n) {
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
    }

    public static void main(String[] arguments) throws Exception {
        long end = System.nanoTime() + (long) (Double.parseDouble(arguments[0]) * 1e9);
        Object lock = new Object();
        Thread holder = new Thread(() -> {
            while (System.nanoTime() < end) {
                synchronized (lock) {
                    try {
                        Thread.sleep(25);
                    } catch (InterruptedException interrupted) {
                        return;
                    }
                }
            }
        }, "holder-\u00e9\u20ac");
        holder.start();
        while (System.nanoTime() < end) {
            sink += fib(27);
            List<byte[]> list = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                list.add(new byte[1000]);
            }
            synchronized (lock) {
                sink += list.size();
            }
            try {
                throw new IllegalStateException("thrown for the recording");
            } catch (IllegalStateException expected) {
                sink++;
            }
        }
        holder.join();
    }
}

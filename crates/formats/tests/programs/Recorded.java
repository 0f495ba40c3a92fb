// Does some of everything that the flight recorder sees, for as many seconds as the argument says and as many rounds
// as every kind of event needs: on a machine that is busy, seconds alone say nothing of the work done in them.
import java.util.ArrayList;
import java.util.List;

public class Recorded {
    // 1.2 GB of arrays, and about a second of computing.
    static final int LEAST_ROUNDS = 400;

    static volatile long sink;
    static volatile boolean isDone;

    static long fib(int n) {
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
    }

    public static void main(String[] arguments) throws Exception {
        long end = System.nanoTime() + (long) (Double.parseDouble(arguments[0]) * 1e9);
        Object lock = new Object();
        Thread holder = new Thread(() -> {
            try {
                while (!isDone) {
                    synchronized (lock) {
                        Thread.sleep(25);
                    }
                    // Or the others would never get the lock: it goes to who comes first, not to who waits.
                    Thread.sleep(25);
                }
            } catch (InterruptedException interrupted) {
                return;
            }
        }, "holder-\u00e9\u20ac");
        holder.start();
        for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() < end; round++) {
            sink += fib(27);
            List<byte[]> list = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                list.add(new byte[1000]);
            }
            if (round % 10 == 0) {
                synchronized (lock) {
                    sink += list.size();
                }
            }
            try {
                throw new IllegalStateException("thrown for the recording");
            } catch (IllegalStateException expected) {
                sink++;
            }
        }
        System.gc();
        isDone = true;
        holder.join();
    }
}

import java.util.concurrent.locks.ReentrantLock;

/** Threads that contend for a monitor and for a lock, and work while they have it. */
public class JavaLocks {
    private static final Object MONITOR = new Object();
    private static final ReentrantLock LOCK = new ReentrantLock(true);

    static void underMonitor(int rounds) {
        int state = 0x335;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x335;
        }
        Truth.sink = state;
    }

    static void underLock(int rounds) {
        int state = 0x347;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x347;
        }
        Truth.sink = state;
    }

    static void outsideAll(int rounds) {
        int state = 0x359;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x359;
        }
        Truth.sink = state;
    }

    /** Waits for the monitor and keeps it for some milliseconds, most of them asleep. */
    static void contendMonitor(int milli) throws Exception {
        synchronized (MONITOR) {
            Truth.cpu("underMonitor", () -> underMonitor(2 * milli));
            Thread.sleep(6);
        }
    }

    static void contendLock(int milli) throws Exception {
        LOCK.lock();
        try {
            Truth.cpu("underLock", () -> underLock(2 * milli));
            Thread.sleep(6);
        } finally {
            LOCK.unlock();
        }
    }

    public static void main(String[] arguments) throws Exception {
        long until = Truth.deadline(arguments);
        int milli = Truth.roundsPerMilli();
        Thread[] threads = new Thread[6];
        for (int at = 0; at < threads.length; at++) {
            boolean isMonitor = at % 2 == 0;
            threads[at] = new Thread(() -> {
                while (System.nanoTime() < until) {
                    if (isMonitor) {
                        Truth.blocked("contendMonitor", () -> contendMonitor(milli));
                    } else {
                        Truth.blocked("contendLock", () -> contendLock(milli));
                    }
                    Truth.cpu("outsideAll", () -> outsideAll(milli));
                }
            }, (isMonitor ? "monitor " : "lock ") + at);
            threads[at].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Truth.write("JavaLocks");
    }
}

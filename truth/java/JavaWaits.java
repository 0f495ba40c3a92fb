import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Threads that park, sleep, and wait for a monitor, a lock, a notification, a queue and a socket, beside one that computes. */
public class JavaWaits {
    private static final Object MONITOR = new Object();
    private static final Object TURN = new Object();
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final LinkedBlockingQueue<Integer> ITEMS = new LinkedBlockingQueue<>();

    static void busyBeside(int rounds) {
        int state = 0x2ED;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x2ED;
        }
        Truth.sink = state;
    }

    static void computeMore(int rounds) {
        int state = 0x2FF;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x2FF;
        }
        Truth.sink = state;
    }

    static void waitPark() {
        LockSupport.parkNanos(17_000_000);
    }

    static void waitSleep() throws InterruptedException {
        Thread.sleep(19);
    }

    static void waitMonitor() {
        synchronized (MONITOR) {
            Truth.sink++;
        }
    }

    static void waitLock() {
        LOCK.lock();
    }

    static void waitNotify() throws InterruptedException {
        synchronized (TURN) {
            TURN.wait(1000);
        }
    }

    static void waitQueue() throws InterruptedException {
        ITEMS.take();
    }

    static void waitSocket(InputStream stream) throws Exception {
        if (stream.read() < 0) {
            throw new IllegalStateException("closed");
        }
    }

    static void paceOthers() throws InterruptedException {
        Thread.sleep(13);
    }

    private static void during(long until, String name, Truth.Waiting body) {
        Thread thread = new Thread(() -> {
            try {
                while (System.nanoTime() < until) {
                    body.run();
                }
            } catch (Exception ended) {
                Thread.currentThread().interrupt();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    public static void main(String[] arguments) throws Exception {
        long until = Truth.deadline(arguments);
        int milli = Truth.roundsPerMilli();
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket near = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket far = server.accept();
        InputStream from = near.getInputStream();
        OutputStream to = far.getOutputStream();
        during(until, "parks", () -> Truth.blocked("waitPark", JavaWaits::waitPark));
        during(until, "sleeps", () -> Truth.blocked("waitSleep", JavaWaits::waitSleep));
        during(until, "takes the monitor", () -> {
            Truth.blocked("waitMonitor", JavaWaits::waitMonitor);
            Thread.sleep(1);
        });
        during(until, "keeps the monitor", () -> {
            synchronized (MONITOR) {
                Thread.sleep(21);
            }
            Thread.sleep(2);
        });
        during(until, "takes the lock", () -> {
            Truth.blocked("waitLock", JavaWaits::waitLock);
            LOCK.unlock();
            Thread.sleep(1);
        });
        during(until, "keeps the lock", () -> {
            LOCK.lock();
            try {
                Thread.sleep(23);
            } finally {
                LOCK.unlock();
            }
            Thread.sleep(2);
        });
        during(until, "is notified", () -> Truth.blocked("waitNotify", JavaWaits::waitNotify));
        during(until, "takes from the queue", () -> Truth.blocked("waitQueue", JavaWaits::waitQueue));
        during(until, "reads the socket", () -> Truth.blocked("waitSocket", () -> waitSocket(from)));
        Truth.Waiting pace = () -> {
            Truth.blocked("paceOthers", JavaWaits::paceOthers);
            ITEMS.add(1);
            to.write(1);
            synchronized (TURN) {
                TURN.notifyAll();
            }
        };
        during(until, "paces the others", pace);
        while (System.nanoTime() < until) {
            Truth.cpu("busyBeside", () -> busyBeside(4 * milli));
            Truth.cpu("computeMore", () -> computeMore(2 * milli));
            Thread.sleep(4);
        }
        pace.run();
        Truth.write("JavaWaits");
    }
}

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets a Java program measure its own CPU and blocked time by function, like truth/c/truth.h.
 *
 * <p>A function's CPU time is thread CPU time around calls of several milliseconds, less that of measured functions that
 * it calls. Its blocked time is wall time less CPU time around the call. Every measured function does its work in its
 * own frame, or in the JDK's code below it, and has a name that is unique in the program. It runs on every JDK from 11
 * on and does not know any profiler.
 */
final class Truth {
    private static final long POINT_NANOS = 20_000_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Map<String, Sums> SUMS = new TreeMap<>();
    private static final Map<String, Long> COUNTS = new TreeMap<>();
    /** CPU time of measured functions within the one that is measured, by thread. */
    private static final ThreadLocal<long[]> INNER = ThreadLocal.withInitial(() -> new long[1]);
    private static long start = System.nanoTime();
    static volatile int sink;

    private Truth() {}

    /** What may wait. */
    interface Waiting {
        void run() throws Exception;
    }

    private static final class Sums {
        long cpu;
        long blocked;
        boolean hasCpu;
        boolean hasBlocked;
        /** Moment, CPU time and blocked time up to it: for whoever saw only a part of the run. */
        final List<long[]> points = new ArrayList<>();
    }

    private static long threadCpu() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private static void add(String name, long began, long cpu, long blocked) {
        long now = System.nanoTime();
        synchronized (SUMS) {
            Sums sums = SUMS.computeIfAbsent(name, key -> new Sums());
            long cpuBefore = sums.cpu;
            long blockedBefore = sums.blocked;
            if (cpu >= 0) {
                sums.cpu += cpu;
                sums.hasCpu = true;
            }
            if (blocked >= 0) {
                sums.blocked += blocked;
                sums.hasBlocked = true;
            }
            long last = sums.points.isEmpty() ? 0 : sums.points.get(sums.points.size() - 1)[0];
            if (now - last > POINT_NANOS) {
                if (began > last) {
                    sums.points.add(new long[] {began, cpuBefore, blockedBefore});
                }
                sums.points.add(new long[] {now, sums.cpu, sums.blocked});
            }
        }
    }

    /** Adds to a plain count. */
    static void count(String name, long value) {
        synchronized (SUMS) {
            COUNTS.merge(name, Math.max(value, 0), Long::sum);
        }
    }

    /** Adds the thread CPU time of the body, less that of measured functions within, to {@code name}. */
    static void cpu(String name, Runnable body) {
        long[] inner = INNER.get();
        long outer = inner[0];
        inner[0] = 0;
        long began = System.nanoTime();
        long before = threadCpu();
        body.run();
        long nanos = threadCpu() - before;
        add(name, began, Math.max(nanos - inner[0], 0), -1);
        inner[0] = outer + nanos;
    }

    /** Adds the time of the body in which this thread was not on a CPU to {@code name}. */
    static void blocked(String name, Waiting body) {
        // The CPU clock is a system call, after which the thread may lose its CPU: outside of the wall time.
        long before = threadCpu();
        long wall = System.nanoTime();
        try {
            body.run();
        } catch (Exception ended) {
            return;
        }
        long waited = System.nanoTime() - wall;
        add(name, wall, -1, Math.max(waited - (threadCpu() - before), 0));
    }

    /** The first argument in seconds from now, 12 s without one; as {@code System.nanoTime()} counts. */
    static long deadline(String[] arguments) {
        start = System.nanoTime();
        return start + (long) ((arguments.length > 0 ? Double.parseDouble(arguments[0]) : 12.0) * 1e9);
    }

    /** Turns of the loop of the leaves that take about a millisecond of CPU time here, once compiled. */
    static int roundsPerMilli() {
        int rounds = 1_000_000;
        long fastest = Long.MAX_VALUE;
        for (int turn = 0; turn < 20; turn++) {
            long before = threadCpu();
            cpu("calibrateBurn", () -> calibrateBurn(rounds));
            fastest = Math.min(fastest, threadCpu() - before);
        }
        return (int) Math.max(rounds * 1_000_000L / Math.max(fastest, 1), 1);
    }

    /** The loop that every leaf has in its own frame. */
    static void calibrateBurn(int rounds) {
        int state = 0x9E37;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x9E37;
        }
        sink = state;
    }

    /** Writes the JSON line to the file named by FATHOM_TRUTH, or to stderr. */
    static void write(String program) throws IOException {
        StringBuilder cpu = new StringBuilder();
        StringBuilder blocked = new StringBuilder();
        StringBuilder points = new StringBuilder();
        StringBuilder counts = new StringBuilder();
        synchronized (SUMS) {
            SUMS.forEach((name, sums) -> {
                if (sums.hasCpu) {
                    member(cpu, name, Long.toString(sums.cpu));
                }
                if (sums.hasBlocked) {
                    member(blocked, name, Long.toString(sums.blocked));
                }
                StringBuilder list = new StringBuilder("[");
                for (long[] point : sums.points) {
                    list.append(list.length() > 1 ? "," : "");
                    list.append('[').append(point[0]).append(',').append(point[1]).append(',').append(point[2]).append(']');
                }
                member(points, name, list.append(']').toString());
            });
            COUNTS.forEach((name, count) -> member(counts, name, count.toString()));
        }
        java.time.Instant now = java.time.Instant.now();
        String line = "{\"program\":\"" + program + "\",\"cpu\":{" + cpu + "},\"blocked\":{" + blocked + "},\"counts\":{"
                + counts + "},\"points\":{" + points + "},\"threads\":" + THREADS.getThreadCount()
                + ",\"total_cpu_nanos\":" + processCpu() + ",\"wall_nanos\":" + (System.nanoTime() - start)
                + ",\"end_unix_nanos\":" + (now.getEpochSecond() * 1_000_000_000L + now.getNano()) + "}\n";
        String path = System.getenv("FATHOM_TRUTH");
        if (path == null) {
            System.err.print(line);
        } else {
            Files.writeString(Path.of(path), line);
        }
    }

    /** CPU time of the whole process, the virtual machine's own threads included. */
    private static long processCpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /**
     * CPU time of each thread of the process, the virtual machine's own included, in nanoseconds: the process's own
     * clock has but hundredths of a second here.
     */
    static Map<String, Long> threadTimes() throws IOException {
        Map<String, Long> times = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                try {
                    String text = Files.readString(task.resolve("schedstat"));
                    times.put(task.getFileName().toString(), Long.parseLong(text.split(" ")[0]));
                } catch (IOException ended) {
                    // The thread has ended.
                }
            }
        }
        return times;
    }

    /** CPU time since {@code before}, of the threads that are there now. */
    static long cpuSince(Map<String, Long> before) throws IOException {
        long sum = 0;
        for (Map.Entry<String, Long> now : threadTimes().entrySet()) {
            sum += now.getValue() - before.getOrDefault(now.getKey(), 0L);
        }
        return sum;
    }

    private static void member(StringBuilder out, String name, String value) {
        out.append(out.length() > 0 ? "," : "").append('"').append(name).append("\":").append(value);
    }
}

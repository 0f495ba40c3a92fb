import java.io.File;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The same work in every run, for measuring what a profiler costs, arguments: TURNS [PARKED].
 *
 * <p>PARKED threads are parked for good while the main thread works. The work begins when the file named by TRUTH_GATE
 * is there, and after as much again without a clock, so that the code is compiled.
 */
public class JavaFixedWork {
    private static int mix(int state, int rounds) {
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x3A1;
        }
        return state;
    }

    private static int descend(Map<Integer, Integer> account, int state, int depth) {
        if (depth > 0) {
            return descend(account, state + 1, depth - 1);
        }
        state = mix(state, 9000);
        account.merge(state & 511, state & 0xFF, Integer::sum);
        return state ^ String.valueOf(state).hashCode();
    }

    private static int work(int turns) {
        Map<Integer, Integer> account = new HashMap<>();
        int state = 1;
        for (int turn = 0; turn < turns; turn++) {
            state = descend(account, state & 0xFFFF, 20);
        }
        return state + account.size();
    }

    public static void main(String[] arguments) throws Exception {
        int turns = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int parked = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
        for (int at = 0; at < parked; at++) {
            Thread thread = new Thread(() -> {
                while (true) {
                    LockSupport.park();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        Truth.sink = work(Math.min(turns, 20_000));
        String gate = System.getenv("TRUTH_GATE");
        while (gate != null && !new File(gate).exists()) {
            Thread.sleep(10);
        }
        Map<String, Long> before = Truth.threadTimes();
        long wall = System.nanoTime();
        Truth.sink = work(turns);
        Truth.count("turns", turns);
        Truth.count("work_wall_nanos", System.nanoTime() - wall);
        Truth.count("work_cpu_nanos", Truth.cpuSince(before));
        Truth.write("JavaFixedWork");
    }
}

/** Eight threads on fewer CPUs, each with a function of its own: a sampler that looks at some of them is far off. */
public class JavaThreads {
    static void burnOne(int rounds) {
        int state = 0x401;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x401;
        }
        Truth.sink = state;
    }

    static void burnTwo(int rounds) {
        int state = 0x413;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x413;
        }
        Truth.sink = state;
    }

    static void burnThree(int rounds) {
        int state = 0x425;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x425;
        }
        Truth.sink = state;
    }

    static void burnFour(int rounds) {
        int state = 0x437;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x437;
        }
        Truth.sink = state;
    }

    static void burnFive(int rounds) {
        int state = 0x449;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x449;
        }
        Truth.sink = state;
    }

    static void burnSix(int rounds) {
        int state = 0x45B;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x45B;
        }
        Truth.sink = state;
    }

    static void burnSeven(int rounds) {
        int state = 0x46D;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x46D;
        }
        Truth.sink = state;
    }

    static void burnEight(int rounds) {
        int state = 0x47F;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x47F;
        }
        Truth.sink = state;
    }

    interface Burn {
        void burn(int rounds);
    }

    public static void main(String[] arguments) throws Exception {
        long until = Truth.deadline(arguments);
        int milli = Truth.roundsPerMilli();
        Burn[] burns = {
            JavaThreads::burnOne, JavaThreads::burnTwo, JavaThreads::burnThree, JavaThreads::burnFour,
            JavaThreads::burnFive, JavaThreads::burnSix, JavaThreads::burnSeven, JavaThreads::burnEight
        };
        String[] names = {"One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"};
        Thread[] threads = new Thread[burns.length];
        for (int at = 0; at < burns.length; at++) {
            Burn burn = burns[at];
            String name = "burn" + names[at];
            // From an eighth of the time on a CPU to all of it.
            int share = at + 1;
            threads[at] = new Thread(() -> {
                while (System.nanoTime() < until) {
                    Truth.cpu(name, () -> burn.burn(share * milli));
                    sleep(8 - share);
                }
            }, name);
            threads[at].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Truth.write("JavaThreads");
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

import java.util.function.IntConsumer;

/** Leaves with known shares: plain, recursive, in lambdas, behind an interface, and nested ones with work of their own. */
public class JavaShares {
    interface Shape {
        void shapeWork(int rounds);
    }

    static final class Circle implements Shape {
        public void shapeWork(int rounds) {
            circleWork(rounds);
        }

        static void circleWork(int rounds) {
            int state = 0x311;
            for (int round = 0; round < rounds; round++) {
                state = state * 69069 + 0x311;
            }
            Truth.sink = state;
        }
    }

    static final class Square implements Shape {
        public void shapeWork(int rounds) {
            squareWork(rounds);
        }

        static void squareWork(int rounds) {
            int state = 0x323;
            for (int round = 0; round < rounds; round++) {
                state = state * 69069 + 0x323;
            }
            Truth.sink = state;
        }
    }

    static void leafFive(int rounds) {
        int state = 0x281;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x281;
        }
        Truth.sink = state;
    }

    static void leafTwo(int rounds) {
        int state = 0x293;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x293;
        }
        Truth.sink = state;
    }

    /** Each of the frames has work of its own. */
    static int recurseDown(int depth, int rounds) {
        int state = depth;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x2A5;
        }
        return depth == 0 ? state : state ^ recurseDown(depth - 1, rounds);
    }

    /** The compiler names the body after this method. */
    static IntConsumer inLambda() {
        return rounds -> {
            int state = 0x2B7;
            for (int round = 0; round < rounds; round++) {
                state = state * 69069 + 0x2B7;
            }
            Truth.sink = state;
        };
    }

    static void innerWork(int rounds) {
        int state = 0x2C9;
        for (int round = 0; round < rounds; round++) {
            state = state * 69069 + 0x2C9;
        }
        Truth.sink = state;
    }

    static void outerWork(int milli) {
        int state = 0x2DB;
        for (int round = 0; round < 2 * milli; round++) {
            state = state * 69069 + 0x2DB;
        }
        Truth.cpu("innerWork", () -> innerWork(6 * milli));
        for (int round = 0; round < 2 * milli; round++) {
            state = state * 69069 + 0x2DB;
        }
        Truth.sink = state;
    }

    public static void main(String[] arguments) throws Exception {
        long until = Truth.deadline(arguments);
        int milli = Truth.roundsPerMilli();
        IntConsumer lambda = inLambda();
        Shape[] shapes = {new Circle(), new Square()};
        String[] names = {"circleWork", "squareWork"};
        while (System.nanoTime() < until) {
            Truth.cpu("leafFive", () -> leafFive(5 * milli));
            Truth.cpu("leafTwo", () -> leafTwo(2 * milli));
            Truth.cpu("recurseDown", () -> Truth.sink = recurseDown(40, milli / 10));
            Truth.cpu("inLambda", () -> lambda.accept(3 * milli));
            for (int at = 0; at < shapes.length; at++) {
                Shape shape = shapes[at];
                int rounds = (3 - at) * milli;
                Truth.cpu(names[at], () -> shape.shapeWork(rounds));
            }
            Truth.cpu("outerWork", () -> outerWork(milli));
        }
        Truth.write("JavaShares");
    }
}

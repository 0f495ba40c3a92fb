// corpus: names = Ferry Car readCars load cars decks weights balance
// corpus: numbers = 1500000 37 130
// corpus: class = Ferry
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Puts cars on the decks of a ferry so that it stays level. */
public class Ferry {
    private static final Logger LOG = Logger.getLogger("ferry");

    record Car(String plate, int grams, int length) {}

    static List<Car> readCars(int count) {
        List<Car> cars = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            cars.add(new Car("HH-" + i % 5000, 900 + i * 31 % 1400, 3 + i % 4));
        }
        return cars;
    }

    static long load(List<Car> cars, int count) {
        long[] decks = new long[count];
        for (Car car : cars) {
            int lightest = car.length() % count;
            if (decks[(lightest + 1) % count] < decks[lightest]) {
                lightest = (lightest + 1) % count;
            }
            decks[lightest] += car.grams();
            if (LOG.isLoggable(Level.FINE)) {
                LOG.fine("car " + car.plate() + " of " + car.grams() / 1000.0 + " t goes to deck " + lightest);
            }
        }
        long widest = 0;
        for (long deck : decks) {
            widest = Math.max(widest, deck);
        }
        return widest;
    }

    static long balance(List<Car> cars, int rounds) {
        long digest = 7;
        for (int round = 0; round < rounds; round++) {
            long[] weights = new long[64];
            for (Car car : cars) {
                weights[(car.grams() + round) & 63] += car.length();
            }
            for (long weight : weights) {
                digest = digest * 31 + weight;
            }
        }
        return digest;
    }

    public static void main(String[] arguments) {
        LOG.setLevel(Level.INFO);
        List<Car> cars = readCars(1500000);
        long widest = 0;
        for (int trip = 0; trip < 8; trip++) {
            widest += load(cars, 37);
        }
        System.out.println(widest + " " + balance(cars, 130));
    }
}

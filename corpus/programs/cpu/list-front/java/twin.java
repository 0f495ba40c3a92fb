// corpus: names = Loading Parcel readParcels load waiting parcels weigh perRoute trucks truck
// corpus: numbers = 60000 700 2200
// corpus: class = Loading
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Loads parcels into trucks in the order in which they came. */
public class Loading {
    record Parcel(int number, int grams, int route) {}

    static List<Parcel> readParcels(int count) {
        List<Parcel> parcels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parcels.add(new Parcel(i, 200 + i * 7919 % 18000, i * 31 % 700));
        }
        return parcels;
    }

    static int load(List<Parcel> parcels, int capacity) {
        Deque<Parcel> waiting = new ArrayDeque<>(parcels);
        int trucks = 0;
        int left = 0;
        while (!waiting.isEmpty()) {
            Parcel parcel = waiting.removeFirst();
            if (parcel.grams() > left) {
                trucks++;
                left = capacity;
            }
            left -= parcel.grams();
        }
        return trucks;
    }

    static long weigh(List<Parcel> parcels, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long[] perRoute = new long[701 + round % 50];
            for (Parcel parcel : parcels) {
                perRoute[(parcel.route() + round) % perRoute.length] += parcel.grams() % 97;
            }
            for (int route = 0; route < perRoute.length; route++) {
                sum = sum * 31 + perRoute[route];
            }
        }
        return sum;
    }

    public static void main(String[] arguments) {
        List<Parcel> parcels = readParcels(60000);
        int trucks = 0;
        for (int day = 0; day < 10; day++) {
            trucks += load(parcels, 3_500_000 + day);
        }
        long sum = weigh(parcels, 2200);
        System.out.println(trucks + " " + sum);
    }
}

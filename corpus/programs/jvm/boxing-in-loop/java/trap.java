// corpus: names = RoomCounts readVisits count visits rooms waves floors
// corpus: numbers = 5000000 16
// corpus: class = RoomCounts
import java.util.HashMap;
import java.util.Map;

/** How often the rooms of a museum were visited, summed in an array and handed out as a map at the end. */
public class RoomCounts {
    static int[] readVisits(int count) {
        int[] visits = new int[count];
        for (int i = 0; i < count; i++) {
            visits[i] = (int) (i * 7919L % 1200);
        }
        return visits;
    }

    static Map<Integer, Integer> count(int[] visits, int round) {
        int[] rooms = new int[1200];
        for (int visit : visits) {
            rooms[(visit + round) % rooms.length]++;
        }
        Map<Integer, Integer> floors = new HashMap<>();
        for (int room = 0; room < rooms.length; room++) {
            floors.merge(room / 100, rooms[room], Integer::sum);
        }
        return floors;
    }

    static double waves(int[] visits) {
        double sum = 0;
        for (int visit : visits) {
            sum += Math.sqrt(visit + sum % 7);
        }
        return sum;
    }

    public static void main(String[] arguments) {
        int[] visits = readVisits(5000000);
        long checksum = 0;
        double sum = 0;
        for (int round = 0; round < 16; round++) {
            checksum = checksum * 31 + count(visits, round).get(3);
            if (round % 4 == 0) {
                sum += waves(visits);
            }
        }
        System.out.println(checksum + " " + Math.round(sum));
    }
}

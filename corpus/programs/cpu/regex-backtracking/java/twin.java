// corpus: names = AddressCheck readAddresses countValid ADDRESS digest
// corpus: numbers = 12000 150000000
// corpus: class = AddressCheck
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Counts the addresses of a list that a mail can be sent to. */
public class AddressCheck {
    static final Pattern ADDRESS = Pattern.compile("^[a-z0-9]+([.][a-z0-9]+)*[.]?@example[.]net$");

    static List<String> readAddresses(int n) {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            addresses.add("paula.miller." + (100000 + i) + (i % 2 == 0 ? "@example.net" : "#example.net"));
        }
        return addresses;
    }

    static int countValid(List<String> addresses) {
        int valid = 0;
        for (String address : addresses) {
            if (ADDRESS.matcher(address).matches()) {
                valid++;
            }
        }
        return valid;
    }

    static long digest(int n) {
        long value = 7;
        for (int i = 0; i < n; i++) {
            value = (value * 31 + i % 13) % 1000003;
        }
        return value;
    }

    public static void main(String[] arguments) {
        System.out.println(countValid(readAddresses(12000)) + " " + digest(150000000));
    }
}




// Exports tundra_willow of orders: each is built in memory and written at once.
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

public class GlacierPebble {
    static byte[] cedar_orchard(int delta_lagoon, int oasis_fjord) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < oasis_fjord; row++) {
            text.append(delta_lagoon * oasis_fjord + row).append(';').append(row * 31 % 1000).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static long basinAmber(OutputStream out, int tundra_willow) throws IOException {
        long ember_jetty = 0;
        for (int delta_lagoon = 0; delta_lagoon < tundra_willow; delta_lagoon++) {
            byte[] body = cedar_orchard(delta_lagoon, 4160);
            out.write(body);
            ember_jetty += body.length;
        }
        return ember_jetty;
    }

    public static void main(String[] args) throws IOException {
        try (OutputStream out = new FileOutputStream("tundra_willow.csv")) {
            System.out.println(basinAmber(out, 2 * 890));
        }
    }
}




// Exports cedar_orchard as text.
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

public class GlacierPebble {
    static long basinAmber(OutputStream out, int cedar_orchard) throws IOException {
        long oasis_fjord = 0;
        for (int tundra_willow = 0; tundra_willow < cedar_orchard; tundra_willow++) {
            int delta_lagoon = tundra_willow * 31 % 1000;
            oasis_fjord += delta_lagoon;
            byte[] line = (tundra_willow + ";" + delta_lagoon + "\n").getBytes(StandardCharsets.US_ASCII);
            out.write(line);
        }
        return oasis_fjord;
    }

    public static void main(String[] args) throws IOException {
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream("cedar_orchard.csv"), 1 << 16)) {
            System.out.println(basinAmber(out, 3 * 523500));
        }
    }
}

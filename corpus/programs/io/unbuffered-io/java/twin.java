// corpus: names = ExportOrders writeOrders orders order price total
// corpus: numbers = 500000
// corpus: class = ExportOrders
// Exports orders as text.
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

public class ExportOrders {
    static long writeOrders(OutputStream out, int orders) throws IOException {
        long total = 0;
        for (int order = 0; order < orders; order++) {
            int price = order * 31 % 1000;
            total += price;
            byte[] line = (order + ";" + price + "\n").getBytes(StandardCharsets.US_ASCII);
            out.write(line);
        }
        return total;
    }

    public static void main(String[] args) throws IOException {
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream("orders.csv"), 1 << 16)) {
            System.out.println(writeOrders(out, 3 * 500000));
        }
    }
}

// corpus: names = ExportPages writePages build pages page rows total
// corpus: numbers = 900 4000
// corpus: class = ExportPages
// Exports pages of orders: each is built in memory and written at once.
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

public class ExportPages {
    static byte[] build(int page, int rows) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows; row++) {
            text.append(page * rows + row).append(';').append(row * 31 % 1000).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static long writePages(OutputStream out, int pages) throws IOException {
        long total = 0;
        for (int page = 0; page < pages; page++) {
            byte[] body = build(page, 4000);
            out.write(body);
            total += body.length;
        }
        return total;
    }

    public static void main(String[] args) throws IOException {
        try (OutputStream out = new FileOutputStream("pages.csv")) {
            System.out.println(writePages(out, 2 * 900));
        }
    }
}

// corpus: names = Export Invoice readInvoices toCsv invoices checksum perMonth months
// corpus: numbers = 50000 900 400
// corpus: class = Export
import java.util.ArrayList;
import java.util.List;

/** Invoices as text for the bookkeeping. */
public class Export {
    record Invoice(int number, String customer, long cents) {}

    static List<Invoice> readInvoices(int count) {
        List<Invoice> invoices = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            invoices.add(new Invoice(i, "customer " + i % 700, i * 37L % 90000));
        }
        return invoices;
    }

    static int toCsv(List<Invoice> invoices) {
        int hash = 0;
        for (Invoice invoice : invoices) {
            String line = invoice.number() + ";" + invoice.customer() + ";" + invoice.cents() + "\n";
            hash = hash * 31 + line.hashCode();
        }
        return hash;
    }

    static long[] perMonth(List<Invoice> invoices) {
        long[] months = new long[12];
        for (Invoice invoice : invoices) {
            months[invoice.number() % 12] += invoice.cents();
        }
        return months;
    }

    public static void main(String[] arguments) {
        List<Invoice> invoices = readInvoices(50000);
        int checksum = 0;
        for (int day = 0; day < 400; day++) {
            checksum += toCsv(invoices);
        }
        long sum = 0;
        for (int run = 0; run < 900; run++) {
            sum += perMonth(invoices)[run % 12];
        }
        System.out.println(checksum + " " + sum);
    }
}

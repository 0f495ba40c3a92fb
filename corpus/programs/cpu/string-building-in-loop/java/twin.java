// corpus: names = Export Invoice readInvoices toCsv invoices checksum perMonth months
// corpus: numbers = 80000 1200
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

    static String toCsv(List<Invoice> invoices) {
        StringBuilder csv = new StringBuilder("number;customer;cents\n");
        for (Invoice invoice : invoices) {
            csv.append(invoice.number()).append(';').append(invoice.customer()).append(';').append(invoice.cents()).append('\n');
        }
        return csv.toString();
    }

    static long[] perMonth(List<Invoice> invoices) {
        long[] months = new long[12];
        for (Invoice invoice : invoices) {
            months[invoice.number() % 12] += invoice.cents();
        }
        return months;
    }

    public static void main(String[] arguments) {
        List<Invoice> invoices = readInvoices(80000);
        int checksum = toCsv(invoices).hashCode();
        long sum = 0;
        for (int run = 0; run < 1200; run++) {
            sum += perMonth(invoices)[run % 12];
        }
        System.out.println(checksum + " " + sum);
    }
}

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.Deflater;

/** Answers each line of stdin, a number n, with the sum of the numbers below n, while other threads work and wait. */
public class JavaAnswers {
    private static final ArrayBlockingQueue<Integer> ITEMS = new ArrayBlockingQueue<>(4);

    private static void during(String name, Truth.Waiting body) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    body.run();
                }
            } catch (Exception ended) {
                Thread.currentThread().interrupt();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void consume() throws InterruptedException {
        ITEMS.take();
        byte[] data = "0123456789abcdef".repeat(4096).getBytes();
        Deflater deflater = new Deflater();
        deflater.setInput(data);
        deflater.finish();
        byte[] out = new byte[data.length];
        while (!deflater.finished()) {
            deflater.deflate(out);
        }
        deflater.end();
    }

    public static void main(String[] arguments) throws Exception {
        during("consumer 1", JavaAnswers::consume);
        during("consumer 2", JavaAnswers::consume);
        during("producer", () -> ITEMS.put(1));
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        String line = questions.readLine();
        while (line != null) {
            long n = Long.parseLong(line.trim());
            long total = 0;
            for (long at = 0; at < n; at++) {
                total += at;
            }
            System.out.println(total);
            line = questions.readLine();
        }
    }
}

// corpus: names = Spikes readSamples spikes recent samples histogram bins
// corpus: numbers = 6000000 6
// corpus: class = Spikes
import java.util.ArrayList;
import java.util.List;

/** Counts readings of a sensor that stand out from the few before them. */
public class Spikes {
    static int[] readSamples(int count) {
        int[] samples = new int[count];
        int level = 5000;
        for (int i = 0; i < count; i++) {
            level += (int) (i * 7919L % 31) - 15;
            samples[i] = level + (i % 1009 == 0 ? 900 : 0);
        }
        return samples;
    }

    static int spikes(int[] samples) {
        List<Integer> recent = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < samples.length; i++) {
            double expected = Math.sqrt(Math.abs(samples[i])) + Math.cbrt(i);
            if (samples[i] % 64 == 0) {
                recent.add(samples[i]);
                if (recent.size() > 8) {
                    recent.remove(0);
                }
            }
            if (!recent.isEmpty() && Math.abs(recent.get(0) - samples[i]) > 400 + expected) {
                found++;
            }
        }
        return found;
    }

    static long histogram(int[] samples) {
        long[] bins = new long[4096];
        for (int sample : samples) {
            bins[sample & 4095] += sample;
        }
        return bins[17] + bins[2048];
    }

    public static void main(String[] arguments) {
        int[] samples = readSamples(6000000);
        long sum = 0;
        for (int round = 0; round < 6; round++) {
            sum += spikes(samples) + histogram(samples);
        }
        System.out.println(sum);
    }
}

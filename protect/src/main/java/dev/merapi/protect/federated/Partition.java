package dev.merapi.protect.federated;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Divides samples over clients, to try federated learning on one data set.
 *
 * <pre>{@code
 * var parts = Partition.dirichlet(labels, 100, 0.3, 1337);
 * var ofFirst = data.subset(parts.get(0));
 * }</pre>
 */
public final class Partition {
    private Partition() {}

    /** Parts of equal size, drawn at random. */
    public static List<int[]> iid(int samples, int clients, long seed) {
        expectEnough(samples, clients);
        int[] order = shuffled(IntStream.range(0, samples).toArray(), new SplittableRandom(seed));
        return IntStream.range(0, clients).mapToObj(i -> Arrays.copyOfRange(order,
                (int) ((long) samples * i / clients), (int) ((long) samples * (i + 1) / clients))).toList();
    }

    /**
     * Each class is divided by shares drawn from a symmetric Dirichlet distribution, so that clients have much of some
     * classes and little of others (Hsu et al. 2019, arXiv:1909.06335). Every client has at least one sample.
     *
     * @param alpha of the distribution: 0.1 nearly a class each, 100 nearly {@link #iid}
     */
    public static List<int[]> dirichlet(int[] labels, int clients, double alpha, long seed) {
        expectEnough(labels.length, clients);
        Expect.positive("Partition.dirichlet.alpha", alpha);
        var random = new SplittableRandom(seed);
        var parts = IntStream.range(0, clients).<List<Integer>>mapToObj(_ -> new ArrayList<>()).toList();
        for (int[] members : groups(labels)) {
            shuffled(members, random);
            double[] sums = new double[clients]; // of shares, up to and with each client
            for (int i = 0; i < clients; i++) sums[i] = (i == 0 ? 0 : sums[i - 1]) + gamma(alpha, random);
            for (int i = 0, from = 0; i < clients; i++) {
                int to = (int) Math.round(members.length * sums[i] / sums[clients - 1]);
                for (; from < to; from++) parts.get(i).add(members[from]);
            }
        }
        for (var empty : parts) {
            if (!empty.isEmpty()) continue;
            var largest = parts.stream().max((a, b) -> Integer.compare(a.size(), b.size())).orElseThrow();
            empty.add(largest.removeLast());
        }
        return parts.stream().map(part -> part.stream().mapToInt(i -> i).toArray()).toList();
    }

    /** A part for each user, by the number of the user of each sample. */
    public static List<int[]> byUser(int[] users) { return groups(users); }

    private static List<int[]> groups(int[] labels) {
        var groups = new TreeMap<Integer, List<Integer>>();
        for (int i = 0; i < labels.length; i++) groups.computeIfAbsent(labels[i], _ -> new ArrayList<>()).add(i);
        return groups.values().stream().map(all -> all.stream().mapToInt(i -> i).toArray()).toList();
    }

    private static void expectEnough(int samples, int clients) {
        Expect.that(clients >= 1 && clients <= samples, "Partition.clients", "1 to the " + samples + " samples",
                clients);
    }

    private static int[] shuffled(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1), swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
        return values;
    }

    /** Of shape alpha and scale 1 (Marsaglia and Tsang 2000). */
    private static double gamma(double alpha, SplittableRandom random) {
        if (alpha < 1) return gamma(alpha + 1, random) * Math.pow(1 - random.nextDouble(), 1 / alpha) + 1e-300;
        double d = alpha - 1.0 / 3, c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian(), v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
        }
    }
}

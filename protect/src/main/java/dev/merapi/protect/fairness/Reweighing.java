package dev.merapi.protect.fairness;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Weights of rows by which class and group no longer depend on each other: P(group) P(class) / P(group, class) (Kamiran
 * and Calders 2012).
 *
 * <pre>{@code
 * double[] weights = Reweighing.of(good, sexes).weights(good, sexes);
 * }</pre>
 *
 * @param weights by group, of the negative and the positive class
 */
public record Reweighing(Map<String, double[]> weights) {
    /** What the rows to train on ask for. */
    public static Reweighing of(boolean[] truth, String[] groups) {
        Rows.check("Reweighing", truth.length, groups.length);
        var counts = new HashMap<String, double[]>();
        var classes = new double[2];
        for (int i = 0; i < truth.length; i++) {
            counts.computeIfAbsent(groups[i], _ -> new double[2])[truth[i] ? 1 : 0]++;
            classes[truth[i] ? 1 : 0]++;
        }
        var weights = new HashMap<String, double[]>();
        counts.forEach((group, count) -> {
            double size = count[0] + count[1];
            weights.put(group, new double[] {size * classes[0] / truth.length / count[0],
                size * classes[1] / truth.length / count[1]});
        });
        return new Reweighing(Map.copyOf(weights));
    }

    /** Of each row. */
    public double[] weights(boolean[] truth, String[] groups) {
        Rows.check("Reweighing", truth.length, groups.length);
        var all = new double[truth.length];
        for (int i = 0; i < all.length; i++) {
            double[] ofGroup = weights.get(groups[i]);
            all[i] = ofGroup == null ? 1 : ofGroup[truth[i] ? 1 : 0];
        }
        return all;
    }

    /**
     * Rows drawn with these weights, for models that take none: as many as there were, each as often as it weighs, what
     * is left of that by chance.
     */
    public int[] resample(boolean[] truth, String[] groups, long seed) {
        double[] all = weights(truth, groups);
        var random = new SplittableRandom(seed);
        var rows = IntStream.builder();
        for (int i = 0; i < all.length; i++) {
            int times = (int) all[i] + (random.nextDouble() < all[i] - (int) all[i] ? 1 : 0);
            for (int t = 0; t < times; t++) rows.add(i);
        }
        return rows.build().toArray();
    }
}

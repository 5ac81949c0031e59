package dev.merapi.protect.privacy;

import dev.merapi.tensor.Expect;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Numbers about data for reports, each with noise that hides whether one row is there. They share a budget: each answer
 * takes its ε from it, and there is none beyond.
 *
 * <pre>{@code
 * var about = new NoisyAggregates(1.0);           // ε for all answers together
 * IO.println(about.count(ages.length, 0.2));
 * IO.println(about.mean(ages, 0, 110, 0.4));
 * IO.println(about.quantile(ages, 0.5, 0, 110, 0.4));
 * }</pre>
 *
 * Noise is a difference of two geometric numbers on a grid of a power of two, from a cryptographic generator: as
 * Laplace's (Dwork et al. 2006), without what the low bits of floating-point noise tell (Mironov 2012). One row is one
 * person's; who has several is to be joined to one first.
 */
public final class NoisyAggregates {
    private static final double FINENESS = 0x1p-40; // of the grid, as a part of the noise

    private final Random random;
    private final double epsilon;
    private double spent;

    /** @param epsilon the budget of all answers */
    public NoisyAggregates(double epsilon) { this(epsilon, new SecureRandom()); }

    NoisyAggregates(double epsilon, Random random) {
        Expect.that(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "NoisyAggregates.epsilon", "a budget above 0",
                epsilon);
        this.epsilon = epsilon;
        this.random = random;
    }

    /** The ε that is left. */
    public double left() { return Math.max(0, epsilon - spent); }

    /** A count, with noise of the scale 1 / ε; it may come out below 0. */
    public long count(long exact, double epsilon) {
        take("count", epsilon);
        return exact + whole(1 / epsilon);
    }

    /**
     * How many values lie in each bin, a row being in one at most.
     *
     * @param edges ascending; bin i holds values from edge i to below edge i + 1
     */
    public long[] histogram(double[] values, double[] edges, double epsilon) {
        Expect.that(edges.length > 1, "NoisyAggregates.histogram", "two edges or more", Arrays.toString(edges));
        for (int i = 1; i < edges.length; i++) {
            Expect.that(edges[i - 1] < edges[i], "NoisyAggregates.histogram", "ascending edges",
                    Arrays.toString(edges));
        }
        take("histogram", epsilon);
        var counts = new long[edges.length - 1];
        for (double value : values) {
            int at = Arrays.binarySearch(edges, value);
            int bin = at >= 0 ? at : -at - 2;
            if (bin >= 0 && bin < counts.length) counts[bin]++;
        }
        for (int i = 0; i < counts.length; i++) counts[i] += whole(1 / epsilon);
        return counts;
    }

    /** The sum of values moved into [low, high], with noise of the scale max(|low|, |high|) / ε. */
    public double sum(double[] values, double low, double high, double epsilon) {
        expectRange("sum", values, low, high);
        take("sum", epsilon);
        return noisySum(values, low, high, 0, Math.max(Math.abs(low), Math.abs(high)), epsilon);
    }

    /** The mean of values moved into [low, high]: a noisy sum around the middle through a noisy count. */
    public double mean(double[] values, double low, double high, double epsilon) {
        expectRange("mean", values, low, high);
        take("mean", epsilon);
        double middle = (low + high) / 2;
        double sum = noisySum(values, low, high, middle, (high - low) / 2, epsilon / 2);
        double count = Math.max(1, values.length + whole(2 / epsilon));
        return Math.clamp(middle + sum / count, low, high);
    }

    /**
     * A quantile of values moved into [low, high], by the exponential mechanism over the gaps between them (Smith
     * 2011).
     *
     * @param share such as 0.5 for the median
     */
    public double quantile(double[] values, double share, double low, double high, double epsilon) {
        expectRange("quantile", values, low, high);
        Expect.probability("NoisyAggregates.quantile", share);
        take("quantile", epsilon);
        var ends = new ArrayList<Double>(List.of(low));
        Arrays.stream(values).map(v -> Math.clamp(v, low, high)).sorted().forEach(ends::add);
        ends.add(high);
        var scores = new double[ends.size() - 1]; // log of each gap's chance, with Gumbel noise: the highest is drawn
        int best = 0;
        for (int i = 0; i < scores.length; i++) {
            double width = ends.get(i + 1) - ends.get(i);
            double off = Math.abs(i - share * values.length);
            scores[i] = width == 0 ? Double.NEGATIVE_INFINITY
                    : Math.log(width) - epsilon / 2 * off - Math.log(-Math.log(open()));
            if (scores[i] > scores[best]) best = i;
        }
        return ends.get(best) + random.nextDouble() * (ends.get(best + 1) - ends.get(best));
    }

    private double noisySum(double[] values, double low, double high, double origin, double most, double epsilon) {
        double sum = 0;
        for (double value : values) sum += Math.clamp(value, low, high) - origin;
        return most == 0 ? sum : noisy(sum, most / epsilon);
    }

    /** A whole number of Laplace's kind. */
    private long whole(double scale) { return (long) (geometric(1 / scale) - geometric(1 / scale)); }

    /** A value with Laplace noise, both on a grid that is fine beside the noise. */
    private double noisy(double value, double scale) {
        double grid = Math.max(Double.MIN_NORMAL, Math.scalb(1.0, Math.getExponent(scale * FINENESS)));
        return grid * (Math.rint(value / grid) + geometric(grid / scale) - geometric(grid / scale));
    }

    /** Trials before the first success, of the chance 1 - e^(-rate). */
    private double geometric(double rate) { return Math.floor(-Math.log(open()) / rate); }

    /** Above 0, below 1. */
    private double open() {
        double u;
        do {
            u = random.nextDouble();
        } while (u == 0);
        return u;
    }

    private static void expectRange(String what, double[] values, double low, double high) {
        Expect.that(low < high && high - low < Double.POSITIVE_INFINITY, "NoisyAggregates." + what,
                "a low end below a high one, both finite and known without the data", low + " and " + high);
        for (double value : values) {
            Expect.that(!Double.isNaN(value), "NoisyAggregates." + what, "values", "NaN");
        }
    }

    private void take(String what, double part) {
        Expect.positive("NoisyAggregates." + what + ".epsilon", part);
        if (spent + part > epsilon * (1 + 1e-12)) {
            throw new IllegalStateException("NoisyAggregates." + what + ": expected at most the ε that is left, "
                    + left()
                    + ". Received " + part + "; a budget is spent once.");
        }
        spent += part;
    }
}

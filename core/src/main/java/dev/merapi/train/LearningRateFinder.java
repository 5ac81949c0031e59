package dev.merapi.train;

import dev.merapi.data.BatchSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Tries learning rates from very small to too large, one a step, and watches the loss (Smith 2017, "Cyclical Learning
 * Rates for Training Neural Networks", section 3.3). The model's weights are as before afterwards.
 *
 * <pre>{@code
 * var curve = LearningRateFinder.run(trainer, train);
 * IO.println(curve.suggestion());
 * }</pre>
 */
public final class LearningRateFinder {
    private static final double SMOOTHING = 0.9;
    private static final double DIVERGED = 3; // times the smallest loss's size above it

    private LearningRateFinder() {}

    /**
     * Losses by learning rate.
     *
     * @param rates the learning rates tried, ascending
     * @param losses the loss after a step of each, smoothed
     */
    public record Curve(List<Double> rates, List<Double> losses) {
        /**
         * The rate where the loss falls most steeply over the rate's logarithm: a good one to train with.
         *
         * @throws IllegalStateException if the loss diverged before it was measured three times
         */
        public double suggestion() {
            if (rates.size() < 3) {
                throw new IllegalStateException("LearningRateFinder: the loss diverged after " + rates.size()
                        + " steps. Begin with a smaller rate.");
            }
            int reach = Math.max(1, rates.size() / 10); // to both sides, or the batches' noise is steeper
            int steepest = reach;
            for (int i = reach; i < rates.size() - reach; i++) {
                if (slope(i, reach) < slope(steepest, reach)) steepest = i;
            }
            return rates.get(steepest);
        }

        /** The rates are evenly spaced over the logarithm, so a difference will do. */
        private double slope(int i, int reach) { return losses.get(i + reach) - losses.get(i - reach); }
    }

    /** Tries 100 rates from 1e-7 to 10, or until the loss diverges. */
    public static <B> Curve run(Trainer<B> trainer, BatchSource<B> train) { return run(trainer, train, 1e-7, 10, 100); }

    /**
     * Tries {@code steps} rates, evenly spaced over the logarithm.
     *
     * @throws IllegalArgumentException unless 0 &lt; from &lt; to and there are at least 3 steps
     */
    public static <B> Curve run(Trainer<B> trainer, BatchSource<B> train, double from, double to, int steps) {
        if (!(0 < from && from < to) || steps < 3) {
            throw new IllegalArgumentException("LearningRateFinder: expected 0 < from < to and at least 3 steps."
                    + " Received " + from + ", " + to + " and " + steps);
        }
        var rates = new ArrayList<Double>();
        var losses = new ArrayList<Double>();
        double smooth = 0;
        double smallest = Double.POSITIVE_INFINITY;
        try (var trial = new Trial<>("LearningRateFinder", trainer)) {
            Iterator<B> batches = train.iterator();
            for (int i = 0; i < steps; i++) {
                if (!batches.hasNext()) batches = train.iterator();
                double rate = from * Math.pow(to / from, i / (steps - 1.0));
                double loss = trial.step(batches.next(), rate);
                smooth = SMOOTHING * smooth + (1 - SMOOTHING) * loss;
                double unbiased = smooth / (1 - Math.pow(SMOOTHING, i + 1.0));
                smallest = Math.min(smallest, unbiased);
                if (!(unbiased - smallest <= DIVERGED * Math.abs(smallest))) break; // NaN too
                rates.add(rate);
                losses.add(unbiased);
            }
        } finally {
            train.close();
        }
        return new Curve(rates, losses);
    }
}

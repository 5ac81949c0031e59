package dev.merapi.metric;

/**
 * A metric that is a mean: of all that {@link #update} gave to {@link #add}.
 *
 * <pre>{@code
 * final class Confidence extends MeanMetric<Tensor, Tensor> {
 *     public String name() { return "confidence"; }
 *
 *     public void update(Tensor logits, Tensor target) { add(logits.softmax(1).amax(1).sum().item(), logits.size(0)); }
 * }
 * }</pre>
 *
 * @param <P> a batch's predictions
 * @param <T> a batch's targets
 */
public abstract class MeanMetric<P, T> implements Metric<P, T> {
    private double sum;
    private double count; // exact up to 2^53

    protected MeanMetric() {}

    /**
     * Takes in some values.
     *
     * @param sum of them
     * @param count how many they are
     */
    protected final void add(double sum, double count) {
        this.sum += sum;
        this.count += count;
    }

    @Override public final double[] state() { return new double[] {sum, count}; }

    @Override public final void merge(double... state) {
        Metric.expectState(this, 2, state);
        add(state[0], state[1]);
    }

    /** The mean; NaN before the first update. */
    @Override public double value() { return sum / count; }

    @Override public final void reset() { sum = count = 0; }
}

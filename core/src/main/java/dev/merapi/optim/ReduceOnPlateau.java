package dev.merapi.optim;

import dev.merapi.tensor.Expect;

/**
 * Lowers the learning rate when a score has stopped improving: {@code torch.optim.lr_scheduler.ReduceLROnPlateau}, as a
 * factor of the base rate. A relative threshold is a share of the best score's size, so that scores below 0 can stop
 * improving too; PyTorch's is a share of the score itself, by which a constant -2 improves for ever.
 *
 * <pre>{@code
 * var plateau = new ReduceOnPlateau();
 * adam.learningRate(1e-3 * plateau.update(validationLoss));      // once an epoch
 * }</pre>
 */
public final class ReduceOnPlateau {
    private final Options options;
    private State state;

    /**
     * @param maximize whether larger scores are better
     * @param factor what each reduction multiplies by, in [0, 1)
     * @param patience scores without improvement that pass before a reduction
     * @param threshold improvement that counts as one
     * @param relative whether the threshold is a share of the best score's size, not a difference
     * @param cooldown scores after a reduction that do not count
     * @param floor the factor never falls below this
     */
    public record Options(boolean maximize, double factor, int patience, double threshold, boolean relative,
            int cooldown, double floor) {
        /** For a loss: a tenth after 10 epochs without an improvement by 0.01 %. */
        public static final Options DEFAULT = new Options(false, 0.1, 10, 1e-4, true, 0, 0);

        public Options {
            Expect.fraction("ReduceOnPlateau.factor", factor);
            Expect.atLeast("ReduceOnPlateau.patience", 0, patience);
            Expect.atLeast("ReduceOnPlateau.threshold", 0, threshold);
            Expect.atLeast("ReduceOnPlateau.cooldown", 0, cooldown);
            Expect.atLeast("ReduceOnPlateau.floor", 0, floor);
        }
    }

    /**
     * What a resumed run needs.
     *
     * @param best the best score so far; infinite before the first
     * @param bad scores in a row without improvement
     * @param cooldown scores still not to be counted
     * @param factor the factor now
     */
    public record State(double best, int bad, int cooldown, double factor) {}

    /** With the default options: a tenth after 10 scores that are no better. */
    public ReduceOnPlateau() { this(Options.DEFAULT); }

    /** Begins with factor 1. */
    public ReduceOnPlateau(Options options) {
        this.options = options;
        double worst = options.maximize ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        state = new State(worst, 0, 0, 1);
    }

    /** Takes a score in and returns the factor from now on. NaN counts as no improvement. */
    public double update(double score) {
        boolean better = isBetter(score);
        double best = better ? score : state.best;
        int bad = better || state.cooldown > 0 ? 0 : state.bad + 1;
        int cooldown = Math.max(0, state.cooldown - 1);
        double factor = state.factor;
        if (bad > options.patience) {
            factor = Math.min(factor, Math.max(factor * options.factor, options.floor));
            cooldown = options.cooldown;
            bad = 0;
        }
        state = new State(best, bad, cooldown, factor);
        return factor;
    }

    private boolean isBetter(double score) {
        if (Double.isInfinite(state.best)) return options.maximize ? score > state.best : score < state.best;
        double margin = options.relative ? options.threshold * Math.abs(state.best) : options.threshold;
        return options.maximize ? score > state.best + margin : score < state.best - margin;
    }

    /** The factor now. */
    public double factor() { return state.factor; }

    /** What {@link #load} takes to go on from here. */
    public State state() { return state; }

    /** Goes on from a state that {@link #state} returned. */
    public void load(State saved) { state = saved; }
}

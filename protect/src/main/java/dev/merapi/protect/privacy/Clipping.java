package dev.merapi.protect.privacy;

import dev.merapi.tensor.Expect;

/** How much a single sample's gradient may weigh, by its 2-norm. */
public sealed interface Clipping {
    /** The norm that a whole gradient is scaled down to, at most, at first. */
    double norm();

    /**
     * One bound for the gradient over all parameters together (Abadi et al. 2016, arXiv:1607.00133).
     *
     * @param norm infinite for none, where nothing is private
     */
    record Flat(double norm) implements Clipping {
        public Flat { Expect.that(norm > 0, "Clipping.Flat", "a norm above 0", norm); }
    }

    /**
     * Each parameter's gradient by itself, to {@code norm} through the root of their number, so that the whole has at
     * most {@code norm} (McMahan et al. 2018, arXiv:1710.06963).
     */
    record PerLayer(double norm) implements Clipping {
        public PerLayer { Expect.positive("Clipping.PerLayer", norm); }
    }

    /**
     * As {@link Flat}, with a bound that follows a quantile of the norms: after each step it is multiplied by exp(-rate
     * · (share below it - quantile)), where that share is itself made private by noise (Andrew et al. 2021,
     * arXiv:1905.03871). What the count costs is taken from the gradients' noise, which grows so that both together
     * spend what is accounted.
     *
     * @param norm at first
     * @param quantile of the norms that are to stay whole, such as 0.5
     * @param rate of the change, such as 0.2
     * @param countNoise standard deviation of the noise on the number of samples below the bound; the expected batch
     *     size / 20 is usual, and more than half the noise multiplier is needed
     */
    record Adaptive(double norm, double quantile, double rate, double countNoise) implements Clipping {
        public Adaptive {
            Expect.positive("Clipping.Adaptive.norm", norm);
            Expect.that(quantile > 0 && quantile < 1, "Clipping.Adaptive.quantile", "between 0 and 1", quantile);
            Expect.positive("Clipping.Adaptive.rate", rate);
            Expect.positive("Clipping.Adaptive.countNoise", countNoise);
        }

        /** Toward the median, at a rate of 0.2. */
        public Adaptive(double norm, double countNoise) { this(norm, 0.5, 0.2, countNoise); }
    }
}

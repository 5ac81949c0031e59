package dev.merapi.compress.quantize;

/** How the range that 8 bits of a layer's inputs span is found from examples. */
public enum Observing {
    /** From the smallest number that was seen to the largest. */
    MIN_MAX,
    /** The same of each batch, averaged: a new one counts for a hundredth, as in PyTorch. */
    MOVING_AVERAGE,
    /** All but the ten-thousandth part that lies farthest out, half of it at either end. */
    PERCENTILE,
    /** That part in whose steps least is lost of the distribution: {@link HistogramObserver}. */
    ENTROPY;

    private static final double AVERAGED = 0.01;

    Observer observer() {
        return switch (this) {
            case MIN_MAX -> new MinMaxObserver(0);
            case MOVING_AVERAGE -> new MinMaxObserver(AVERAGED);
            case PERCENTILE -> new HistogramObserver(false);
            case ENTROPY -> new HistogramObserver(true);
        };
    }
}

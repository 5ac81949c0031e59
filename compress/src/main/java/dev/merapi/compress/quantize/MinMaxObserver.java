package dev.merapi.compress.quantize;

import dev.merapi.tensor.Tensor;

/** The smallest and the largest number: of all that was seen, or of each batch, averaged over batches. */
final class MinMaxObserver implements Observer {
    private final double share; // of a new batch in the average; 0 for no average
    private Range range = null;

    MinMaxObserver(double share) { this.share = share; }

    @Override public void see(Tensor x) { range = range == null ? Range.of(x) : next(range, Range.of(x)); }

    private Range next(Range old, Range now) {
        if (share == 0) return new Range(Math.min(old.low(), now.low()), Math.max(old.high(), now.high()));
        return new Range(old.low() + share * (now.low() - old.low()), old.high() + share * (now.high() - old.high()));
    }

    @Override public Range range() { return range == null ? Range.NOTHING : range; }
}

package dev.merapi.paramserver;

import java.util.SplittableRandom;

/**
 * What a row is before its first gradient: numbers that follow from the seed and the id alone, so that it need not be
 * stored until then.
 *
 * @param deviation of the normal distribution; 0 for zeros
 * @param seed of all rows
 */
public record RowInit(double deviation, long seed) {
    /** Zeros. */
    public static final RowInit ZEROS = new RowInit(0, 0);

    public RowInit {
        if (!(deviation >= 0)) {
            throw new IllegalArgumentException("RowInit: expected a deviation from 0. Received " + deviation);
        }
    }

    void fill(long id, float[] row, int at, int dim) {
        if (deviation == 0) return;
        var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + id * 0xD1B54A32D192ED03L);
        for (int i = 0; i < dim; i++) row[at + i] = (float) (deviation * random.nextGaussian());
    }
}

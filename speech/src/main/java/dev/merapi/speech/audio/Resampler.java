package dev.merapi.speech.audio;

import dev.merapi.tensor.Expect;
import java.math.BigInteger;

/**
 * Brings samples to another rate by a windowed sinc (Smith, Digital Audio Resampling Home Page): six zero crossings to
 * each side under a Hann window, cut off at 99 % of the lower rate's half; as torchaudio's {@code resample}.
 *
 * <pre>{@code
 * float[] slow = new Resampler(44_100, 16_000).apply(fast);
 * }</pre>
 */
public final class Resampler {
    private static final int CROSSINGS = 6;
    private static final double ROLLOFF = 0.99;

    private final int from; // divided by what both rates have in common
    private final int to;
    private final int[] first; // the first input of each of the `to` phases, from the phase's frame on
    private final float[][] kernels; // a row of weights for each phase

    /** @throws IllegalArgumentException for a rate below 1 */
    public Resampler(int fromRate, int toRate) {
        Expect.atLeast("Resampler.from", 1, fromRate);
        Expect.atLeast("Resampler.to", 1, toRate);
        int common = BigInteger.valueOf(fromRate).gcd(BigInteger.valueOf(toRate)).intValue();
        from = fromRate / common;
        to = toRate / common;
        first = new int[to];
        kernels = new float[to][];
        double lower = Math.min(from, to) * ROLLOFF;
        double reach = CROSSINGS * from / lower; // in input samples
        for (int phase = 0; phase < to; phase++) {
            double centre = (double) phase * from / to;
            first[phase] = (int) Math.ceil(centre - reach);
            kernels[phase] = new float[(int) Math.floor(centre + reach) - first[phase] + 1];
            for (int k = 0; k < kernels[phase].length; k++) {
                double t = (first[phase] + k - centre) / from * lower;
                double hann = Math.pow(Math.cos(t * Math.PI / CROSSINGS / 2), 2);
                double sinc = t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
                kernels[phase][k] = (float) (sinc * hann * lower / from);
            }
        }
    }

    /** The samples at the new rate. */
    public float[] apply(float[] samples) {
        var out = new float[Math.toIntExact(length(samples.length))];
        for (int i = 0; i < out.length; i++) out[i] = at(i, samples, 0);
        return out;
    }

    /** How many samples come out of so many. */
    long length(long samples) { return Math.ceilDiv(samples * to, (long) from); }

    /** The first input that an output is made of. */
    long firstInput(long output) { return output / to * from + first[(int) (output % to)]; }

    /** The last input that an output is made of. */
    long lastInput(long output) { return firstInput(output) + kernels[(int) (output % to)].length - 1; }

    /** An output; inputs before the first and behind the last are 0. */
    float at(long output, float[] samples, long firstSample) {
        float[] kernel = kernels[(int) (output % to)];
        long begin = firstInput(output) - firstSample;
        int low = (int) Math.max(0, -begin);
        int high = (int) Math.min(kernel.length, samples.length - begin);
        float sum = 0;
        for (int k = low; k < high; k++) sum += kernel[k] * samples[(int) (begin + k)];
        return sum;
    }
}

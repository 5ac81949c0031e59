package dev.merapi.speech.feature;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.stream.Stream;

/**
 * Cepstral mean and variance normalisation: each band less its mean, divided by its deviation, both of all training
 * data. {@link #each} takes them of the clip itself.
 *
 * @param mean of each band
 * @param deviation of each band
 */
public record Cmvn(float[] mean, float[] deviation) {
    private static final double LEAST = 1e-5; // of deviations: a band that never changes stays 0

    /** @throws IllegalArgumentException for other lengths, or a deviation that is not above 0 */
    public Cmvn {
        Expect.that(mean.length == deviation.length, "Cmvn", mean.length + " deviations, as means", deviation.length);
        for (float d : deviation) Expect.positive("Cmvn.deviation", d);
    }

    /**
     * Of all frames of these features.
     *
     * @param features (bands, frames) each; each is taken once
     * @throws IllegalArgumentException if there are none
     */
    public static Cmvn of(Stream<Tensor> features) {
        var sums = new double[2][];
        var frames = new long[1];
        features.forEachOrdered(x -> {
            double[] sum = x.sum(-1).toDoubles();
            double[] squares = x.pow(2).sum(-1).toDoubles();
            for (int i = 0; i < 2; i++) if (sums[i] == null) sums[i] = new double[sum.length];
            for (int b = 0; b < sum.length; b++) {
                sums[0][b] += sum[b];
                sums[1][b] += squares[b];
            }
            frames[0] += x.size(-1);
        });
        Expect.that(frames[0] > 0, "Cmvn.of", "at least one frame", "none");
        var mean = new float[sums[0].length];
        var deviation = new float[mean.length];
        for (int b = 0; b < mean.length; b++) {
            double m = sums[0][b] / frames[0];
            mean[b] = (float) m;
            deviation[b] = (float) Math.max(LEAST, Math.sqrt(Math.max(0, sums[1][b] / frames[0] - m * m)));
        }
        return new Cmvn(mean, deviation);
    }

    /** Normalised features (…, bands, frames). */
    public Tensor forward(Tensor features) {
        return features.sub(column(mean, features)).div(column(deviation, features));
    }

    private static Tensor column(float[] values, Tensor like) {
        return Tensor.of(values, values.length, 1).to(like.device());
    }

    /** Features (…, bands, frames) normalised by their own mean and deviation over the frames. */
    public static Tensor each(Tensor features) {
        Tensor centred = features.sub(features.mean(new long[] {-1}, true));
        Tensor deviation = centred.pow(2).mean(new long[] {-1}, true).sqrt();
        return centred.div(deviation.clamp(LEAST, null));
    }
}

package dev.merapi.vision.transform;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.random.RandomGenerator;

/**
 * Trains on mixtures of two samples and of their labels: λ x + (1 - λ) x', with one λ from Beta(alpha, alpha) for a
 * batch, and the batch in reverse order as x' (Zhang et al. 2017, "mixup: Beyond Empirical Risk Minimization"). Labels
 * become probabilities, float32 (N, classes), which cross-entropy accepts.
 *
 * <pre>{@code
 * Loader<Batch> train = Loader.of(new Mixup(0.2, 10).on(batches), 128).shuffle(seed);
 * }</pre>
 */
public record Mixup(double alpha, int classes) {
    public Mixup {
        if (!(alpha > 0)) throw new IllegalArgumentException("Mixup.alpha: expected more than 0. Received " + alpha);
        Checks.positive("Mixup.classes", classes);
    }

    /** Mixes the batches of a data set; single samples get probabilities and are left unmixed. */
    public Dataset<Batch> on(Dataset<Batch> data) { return new Mixed(this, data); }

    private record Mixed(Mixup mixup, Dataset<Batch> data) implements Dataset<Batch> {
        @Override public int size() { return data.size(); }

        @Override public Batch get(int index) { return mixup.mix(data.get(index), 1); }

        @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
            Batch batch = data.batch(indices, randoms);
            return mixup.mix(batch, mixup.lambda(randoms[0]));
        }
    }

    /** x (N, …) and labels (N), or one sample without N when {@code lambda} is 1. */
    Batch mix(Batch batch, double lambda) {
        Tensor y = batch.y().oneHot(classes).to(DType.FLOAT32); // (N, classes)
        return lambda == 1 ? new Batch(batch.x(), y) : new Batch(mix(batch.x(), lambda), mix(y, lambda));
    }

    private static Tensor mix(Tensor t, double lambda) {
        return t.mul(lambda).add(t.flip(0).mul(1 - lambda));
    }

    /** Beta(alpha, alpha) as X / (X + Y) of two gamma variables. */
    double lambda(RandomGenerator random) {
        double x = gamma(random);
        double y = gamma(random);
        return x + y == 0 ? random.nextInt(2) : x / (x + y); // a tiny alpha underflows: one or the other
    }

    /** Gamma(alpha, 1) after Marsaglia and Tsang 2000; below 1 by their boost, Gamma(alpha + 1) U^(1 / alpha). */
    private double gamma(RandomGenerator random) {
        double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double z = random.nextGaussian();
            double v = Math.pow(1 + c * z, 3);
            if (v <= 0) continue;
            if (Math.log(1 - random.nextDouble()) < 0.5 * z * z + d * (1 - v + Math.log(v))) {
                return d * v * (alpha < 1 ? Math.pow(1 - random.nextDouble(), 1 / alpha) : 1);
            }
        }
    }
}

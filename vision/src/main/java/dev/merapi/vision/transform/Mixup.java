package dev.merapi.vision.transform;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.Expect;

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
        Expect.positive("Mixup.alpha", alpha);
        Expect.atLeast("Mixup.classes", 1, classes);
    }

    /** Mixes the batches of a data set; single samples get probabilities and are left unmixed. */
    public Dataset<Batch> on(Dataset<Batch> data) {
        return new MixedBatches(data, classes, (batch, random) -> mix(batch, Beta.draw(alpha, random)));
    }

    /** x (N, …) and probabilities (N, classes). */
    static Batch mix(Batch batch, double lambda) {
        return new Batch(MixedBatches.mix(batch.x(), lambda), MixedBatches.mix(batch.y(), lambda));
    }
}

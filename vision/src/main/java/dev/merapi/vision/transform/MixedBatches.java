package dev.merapi.vision.transform;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.random.RandomGenerator;

/**
 * Batches in which samples are mixed with those of the batch in reverse order. Labels become probabilities, float32
 * (N, classes), which cross-entropy accepts; single samples are left unmixed.
 */
record MixedBatches(Dataset<Batch> data, int classes, Mixing mixing) implements Dataset<Batch> {
    interface Mixing {
        /** Of x (N, …) and probabilities (N, classes). */
        Batch mix(Batch batch, RandomGenerator random);
    }

    @Override public int size() { return data.size(); }

    @Override public Batch get(int index) { return soft(data.get(index)); }

    @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
        return mixing.mix(soft(data.batch(indices, randoms)), randoms[0]);
    }

    private Batch soft(Batch batch) { return new Batch(batch.x(), batch.y().oneHot(classes).to(DType.FLOAT32)); }

    /** λ t + (1 - λ) t', of t (N, …) and itself in reverse order. */
    static Tensor mix(Tensor t, double lambda) { return t.mul(lambda).add(t.flip(0).mul(1 - lambda)); }
}

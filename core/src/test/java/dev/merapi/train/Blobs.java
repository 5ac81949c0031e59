package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Torch;
import java.util.Random;

/** A small problem for tests: three clouds of points in the plane, and a network with dropout that learns them. */
final class Blobs {
    private static final double[][] CENTRES = {{0, 2}, {-1.5, -1}, {1.5, -1}};

    private Blobs() {}

    static Dataset<Batch> data(int size, long seed) {
        var random = new Random(seed);
        var x = new float[size][2];
        var labels = new int[size];
        for (int i = 0; i < size; i++) {
            labels[i] = random.nextInt(3);
            for (int j = 0; j < 2; j++) x[i][j] = (float) (CENTRES[labels[i]][j] + 0.7 * random.nextGaussian());
        }
        return Dataset.of(x, labels);
    }

    /** Shuffled, with noise added to every sample. */
    static Loader<Batch> train(int size, int batchSize) {
        return Loader.of(noisy(size), batchSize).shuffle(7).workers(0);
    }

    static Dataset<Batch> noisy(int size) {
        return data(size, 1).augment((sample, random) ->
                new Batch(sample.x().add(0.1 * random.nextGaussian()), sample.y()));
    }

    static Loader<Batch> test() { return Loader.of(data(300, 2), 100).workers(0); }

    static Sequential model() { return model(0.2); }

    static Sequential model(double dropout) {
        Torch.seed(3);
        return new Sequential(new Linear(2, 32), new Relu(), new Dropout(dropout), new Linear(32, 3));
    }

    static Trainer<Batch> trainer(Sequential model) {
        return Trainer.of(Classification.of(model, 3)).optimizer(m -> new Adam(m, 1e-2)).seed(5);
    }

    /** A moving average in plain Java. */
    record Mean(double decay, float[] values) {
        void add(float[] next) {
            for (int i = 0; i < values.length; i++) values[i] = (float) (decay * values[i] + (1 - decay) * next[i]);
        }
    }
}

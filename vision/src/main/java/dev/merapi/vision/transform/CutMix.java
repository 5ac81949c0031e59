package dev.merapi.vision.transform;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Index;
import java.util.random.RandomGenerator;

import static dev.merapi.tensor.Index.all;
import static dev.merapi.tensor.Index.slice;

/**
 * Trains on images of which a rectangle shows another image, and on labels mixed by its area: 1 - λ of the image, with
 * one λ from Beta(alpha, alpha) and one rectangle for a batch, and the batch in reverse order as the others (Yun et al.
 * 2019, "CutMix", arXiv:1905.04899). Labels become probabilities, float32 (N, classes), which cross-entropy accepts.
 *
 * <pre>{@code
 * Loader<Batch> train = Loader.of(new CutMix(1, 10).on(batches), 128).shuffle(seed);
 * }</pre>
 */
public record CutMix(double alpha, int classes) {
    public CutMix {
        Expect.positive("CutMix.alpha", alpha);
        Expect.atLeast("CutMix.classes", 1, classes);
    }

    /** Mixes the batches of a data set; single samples get probabilities and are left unmixed. */
    public Dataset<Batch> on(Dataset<Batch> data) { return new MixedBatches(data, classes, this::mix); }

    private Batch mix(Batch batch, RandomGenerator random) {
        double side = Math.sqrt(1 - Beta.draw(alpha, random));
        int height = (int) batch.x().size(2);
        int width = (int) batch.x().size(3);
        int middleY = random.nextInt(height);
        int middleX = random.nextInt(width);
        return mix(batch, middleY, middleX, (int) (height * side), (int) (width * side));
    }

    /** x (N, C, H, W) and probabilities (N, classes); the part of the rectangle outside counts for nothing. */
    static Batch mix(Batch batch, int middleY, int middleX, int rows, int columns) {
        long height = batch.x().size(2);
        long width = batch.x().size(3);
        long top = Math.max(middleY - rows / 2, 0), bottom = Math.min(middleY - rows / 2 + rows, height);
        long left = Math.max(middleX - columns / 2, 0), right = Math.min(middleX - columns / 2 + columns, width);
        if (bottom <= top || right <= left) return batch;
        Index[] rectangle = {all(), all(), slice(top, bottom), slice(left, right)};
        var x = batch.x().copy();
        x.set_(batch.x().flip(0).get(rectangle), rectangle);
        double kept = 1 - (double) (bottom - top) * (right - left) / (height * width);
        return new Batch(x, MixedBatches.mix(batch.y(), kept));
    }
}

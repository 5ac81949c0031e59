package dev.merapi.vision.data;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import java.util.List;
import java.util.random.RandomGenerator;

/** Images as tensors: x (N, C, H, W) float32, y (N) int64. */
record ImageBatches(Dataset<LabeledImage> images, Normalize normalize) implements Dataset<Batch> {
    @Override public int size() { return images.size(); }

    @Override public Batch get(int index) {
        var batch = batch(List.of(images.get(index)));
        return new Batch(batch.x().select(0, 0), batch.y().select(0, 0));
    }

    @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
        return batch(images.samples(indices, randoms));
    }

    private Batch batch(List<LabeledImage> samples) {
        return new Batch(normalize.batch(samples.stream().map(LabeledImage::image).toList()),
                Tensor.of(samples.stream().mapToLong(LabeledImage::label).toArray()));
    }
}

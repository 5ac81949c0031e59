package dev.merapi.vision.segment;

import dev.merapi.data.Batch;
import dev.merapi.loss.Loss;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.Scene;
import java.util.List;

/**
 * Trains a model from images (N, 3, H, W) to logits (N, classes, H, W) on class ids (N, H, W), and measures
 * {@link MeanIou} and the share of right pixels.
 *
 * @param loss of logits (N, classes, H, W) and ids, such as {@code CrossEntropy}, {@code SoftmaxFocal} or {@link Dice}
 */
public record SegmentationTask<M extends Layer & Unary>(M model, Loss loss, int classes) implements Task<Batch> {
    private static final long IGNORED = -100; // as losses and metrics have it

    @Override public List<Metric<?, ?>> metrics() { return List.of(new MeanIou(classes), new Accuracy()); }

    @Override public Pass forward(Batch batch) {
        var logits = model.forward(batch.x());
        return new Pass(loss.forward(logits, batch.y()), loss.weight(logits, batch.y()), logits.permute(0, 2, 3, 1),
                batch.y());
    }

    /** Probabilities (N, classes, H, W). */
    @Override public Tensor predict(Batch batch) { return model.forward(batch.x()).softmax(1); }

    /**
     * Scenes of one size as x (N, C, H, W) and y (N, H, W).
     *
     * @throws IllegalArgumentException if one has no mask
     */
    public static Batch batch(List<Scene> scenes, Normalize normalize) {
        var x = normalize.batch(scenes.stream().map(Scene::image).toList());
        int size = scenes.getFirst().image().height() * scenes.getFirst().image().width();
        var ids = new byte[scenes.size() * size];
        for (int i = 0; i < scenes.size(); i++) {
            var mask = scenes.get(i).mask();
            if (mask == null) {
                throw Expect.error("SegmentationTask.batch", "scenes with masks", "one without");
            }
            System.arraycopy(mask.classes(), 0, ids, i * size, size);
        }
        var y = Tensor.of(ids, scenes.size(), x.size(2), x.size(3)).to(DType.INT64);
        return new Batch(x, y.maskedFill(y.eq(LabelMask.IGNORED), IGNORED));
    }
}

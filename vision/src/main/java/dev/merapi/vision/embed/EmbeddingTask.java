package dev.merapi.vision.embed;

import dev.merapi.data.Batch;
import dev.merapi.loss.ArcFace;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains an {@link EmbeddingModel} on x (N, 3, H, W) and class ids (N), and measures {@link RecallAtK} for 1 and 5. The
 * classes that are measured may be others than those learnt from: of the former, no loss is told.
 */
public final class EmbeddingTask implements Task<Batch> {
    private interface Objective {
        Tensor loss(Tensor vectors, Tensor labels);
    }

    /** What is trained and saved: the loss's own weights too, as training may go on. */
    private static final class Trained extends Layer {
        final EmbeddingModel model;
        final ArcFace arcFace; // or null

        Trained(EmbeddingModel model, ArcFace arcFace) {
            this.model = model;
            this.arcFace = arcFace;
        }
    }

    private final Trained trained;
    private final Objective objective;

    private EmbeddingTask(EmbeddingModel model, ArcFace arcFace, Objective objective) {
        trained = new Trained(model, arcFace);
        this.objective = objective;
    }

    /** By {@link ArcFace}. */
    public static EmbeddingTask arcFace(EmbeddingModel model, int classes, double margin, double scale) {
        var loss = new ArcFace(model.width(), classes, margin, scale);
        return new EmbeddingTask(model, loss, loss::loss);
    }

    /** By {@link BatchHard}. */
    public static EmbeddingTask triplet(EmbeddingModel model, double margin) {
        return new EmbeddingTask(model, null, new BatchHard(margin)::forward);
    }

    @Override public Layer model() { return trained; }

    @Override public List<Metric<?, ?>> metrics() { return List.of(new RecallAtK(1), new RecallAtK(5)); }

    @Override public Pass forward(Batch batch) {
        var vectors = trained.model.forward(batch.x());
        return new Pass(objective.loss(vectors, batch.y()), batch.y().size(0), vectors, batch.y());
    }

    @Override public Pass evaluate(Batch batch) { return Pass.measured(predict(batch), batch.y()); }

    /** Vectors (N, width). */
    @Override public Tensor predict(Batch batch) { return trained.model.forward(batch.x()); }
}

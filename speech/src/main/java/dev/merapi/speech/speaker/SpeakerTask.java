package dev.merapi.speech.speaker;

import dev.merapi.data.Batch;
import dev.merapi.loss.ArcFace;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains an {@link EcapaTdnn} on clips (N, bands, T) and speakers (N) by {@link ArcFace}, which the field calls
 * additive angular margin, and measures {@link EqualErrorRate} on others, of whom no loss is told.
 */
public final class SpeakerTask implements Task<Batch> {
    /** What is trained and saved: the loss's own weights too, as training may go on. */
    private static final class Trained extends Layer {
        final EcapaTdnn model;
        final ArcFace arcFace;

        Trained(EcapaTdnn model, ArcFace arcFace) {
            this.model = model;
            this.arcFace = arcFace;
        }
    }

    private final Trained trained;

    /**
     * @param margin in radians; 0.2 is usual
     * @param scale of logits; 30 is usual
     */
    public SpeakerTask(EcapaTdnn model, int speakers, double margin, double scale) {
        trained = new Trained(model, new ArcFace(model.width(), speakers, margin, scale));
    }

    @Override public Layer model() { return trained; }

    @Override public List<Metric<?, ?>> metrics() { return List.of(new EqualErrorRate()); }

    @Override public Pass forward(Batch batch) {
        var vectors = predict(batch);
        return new Pass(trained.arcFace.loss(vectors, batch.y()), batch.y().size(0), vectors, batch.y());
    }

    @Override public Pass evaluate(Batch batch) { return Pass.measured(predict(batch), batch.y()); }

    /** Vectors (N, width). */
    @Override public Tensor predict(Batch batch) { return trained.model.forward(batch.x()); }
}

package dev.merapi.vision.detect;

import dev.merapi.metric.Metric;
import dev.merapi.tensor.Device;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Trains a {@link DetectionModel} on {@link SceneBatch}es, and measures {@link MeanAveragePrecision}.
 *
 * <pre>{@code
 * var trainer = Trainer.of(new DetectionTask(model, 3)).optimizer(m -> new AdamW(m, 1e-3)).epochs(20);
 * }</pre>
 */
public final class DetectionTask implements Task<SceneBatch> {
    private final DetectionModel model;
    private final List<Metric<?, ?>> metrics;

    /** @param classes as many as the model tells apart */
    public DetectionTask(DetectionModel model, int classes) {
        this.model = model;
        metrics = List.of(new MeanAveragePrecision(classes), MeanAveragePrecision.at50(classes));
    }

    @Override public DetectionModel model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(SceneBatch batch) { return pass(model.forward(batch.x()), batch, null); }

    @Override public Pass evaluate(SceneBatch batch) {
        var raw = model.forward(batch.x());
        return pass(raw, batch, model.select(raw, Selection.MEASURED));
    }

    private Pass pass(DetectionModel.Raw raw, SceneBatch batch, List<List<ScoredBox>> found) {
        var losses = model.losses(raw, batch.boxes());
        return new Pass(losses.total(), losses.divisor(), found, batch.boxes());
    }

    @Override public SceneBatch to(Device device, SceneBatch batch) {
        return new SceneBatch(batch.x().to(device), batch.boxes());
    }
}

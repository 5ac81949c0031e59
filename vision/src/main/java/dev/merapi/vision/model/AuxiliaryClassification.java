package dev.merapi.vision.model;

import dev.merapi.data.Batch;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Classification;
import dev.merapi.train.Pass;
import dev.merapi.train.Supervised;
import dev.merapi.train.Task;
import java.util.List;

/**
 * {@link Classification} of a model with {@link Auxiliary} classifiers, whose losses are added in training.
 *
 * <pre>{@code
 * var task = AuxiliaryClassification.of(new InceptionV3(InceptionV3.Config.DEFAULT, 10), 10);
 * }</pre>
 *
 * @param main what is measured and used: the classifier alone
 */
public record AuxiliaryClassification(Supervised main, Auxiliary auxiliary) implements Task<Batch> {
    private static final CrossEntropy LOSS = new CrossEntropy();

    /** A model for so many classes. */
    public static <M extends Backbone & Auxiliary> AuxiliaryClassification of(M model, int classes) {
        return new AuxiliaryClassification(Classification.of(model, classes, LOSS), model);
    }

    @Override public Layer model() { return main.model(); }

    @Override public List<Metric<?, ?>> metrics() { return main.metrics(); }

    @Override public Pass forward(Batch batch) {
        if (!model().isTraining()) return main.forward(batch);
        var logits = auxiliary.logits(batch.x());
        Tensor loss = LOSS.forward(logits.getFirst(), batch.y());
        for (Tensor other : logits.subList(1, logits.size())) {
            loss = loss.add(LOSS.forward(other, batch.y()).mul(auxiliary.auxiliaryWeight()));
        }
        return new Pass(loss, LOSS.weight(logits.getFirst(), batch.y()), logits.getFirst(), batch.y());
    }

    @Override public Tensor predict(Batch batch) { return main.predict(batch); }
}

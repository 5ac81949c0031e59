package dev.merapi.train;

import dev.merapi.nn.Layer;
import java.util.IdentityHashMap;
import java.util.Map;

/** Steps whose effect on the model is undone in the end. */
final class Trial<B> implements AutoCloseable {
    private final Trainer<B> trainer;
    private final Weights before;
    private final Optimizers optimizers;
    private final Steps<B> steps;
    private final Map<Layer, Boolean> modes = new IdentityHashMap<>();

    /** @param where it was asked for, for messages */
    Trial(String where, Trainer<B> trainer) {
        Setup.expectGradients(where);
        this.trainer = trainer;
        var model = trainer.task.model();
        trainer.place();
        before = new Weights(model);
        optimizers = new Optimizers(trainer);
        steps = Steps.trial(trainer, optimizers);
        model.layers().values().forEach(layer -> modes.put(layer, layer.isTraining()));
        if (!model.isTraining()) model.train();
    }

    double learningRate() { return optimizers.learningRate(); }

    /** Takes one step of this learning rate and returns the loss before it. */
    double step(B batch, double learningRate) {
        optimizers.learningRate(_ -> learningRate);
        steps.begin();
        var loss = steps.learn(batch);
        steps.update();
        return loss == null ? Double.NaN : loss.value();
    }

    @Override public void close() {
        optimizers.zeroGrad();
        optimizers.close();
        before.restore();
        before.close();
        trainer.task.model().layers().values().forEach(layer -> layer.train(modes.get(layer))); // parents first
    }
}

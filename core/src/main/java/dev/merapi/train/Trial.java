package dev.merapi.train;

import dev.merapi.nn.Layer;
import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.Scope;
import java.util.IdentityHashMap;
import java.util.Map;

/** Steps whose effect on the model is undone in the end. */
final class Trial<B> implements AutoCloseable {
    private final Trainer<B> trainer;
    private final Weights before;
    private final Optimizer optimizer;
    private final Update update;
    private final Map<Layer, Boolean> modes = new IdentityHashMap<>();

    Trial(Trainer<B> trainer) {
        this.trainer = trainer;
        var model = trainer.task.model();
        trainer.place();
        before = new Weights(model);
        optimizer = Setup.optimizer(trainer);
        update = new Update(trainer, optimizer, new Bookmark());
        model.layers().values().forEach(layer -> modes.put(layer, layer.isTraining()));
        model.train();
    }

    double learningRate() { return optimizer.learningRate(); }

    /** Takes one step of this learning rate and returns the loss before it. */
    double step(B batch, double learningRate) {
        optimizer.learningRate(learningRate);
        update.begin();
        try (var _ = Scope.open()) {
            Pass pass = trainer.forward(trainer.task.to(trainer.device(), batch));
            double loss = pass.loss().item();
            update.add(pass);
            update.apply();
            return loss;
        }
    }

    @Override public void close() {
        optimizer.zeroGrad();
        optimizer.close();
        before.restore();
        before.close();
        trainer.task.model().layers().values().forEach(layer -> layer.train(modes.get(layer))); // parents first
    }
}

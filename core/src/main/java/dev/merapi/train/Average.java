package dev.merapi.train;

import dev.merapi.nn.Layer;
import dev.merapi.optim.Ema;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Map;

/** The average of the weights, where there is to be one. */
final class Average implements AutoCloseable {
    private final Layer model;
    private final Ema ema; // null: no average

    Average(Layer model, double decay) {
        this.model = model;
        ema = decay == 0 ? null : new Ema(model, decay);
    }

    void update() { if (ema != null) ema.update(); }

    /** Does something while the model holds the average. */
    void during(Runnable action) {
        try (Guard _ = ema == null ? () -> { } : ema.swap()) {
            action.run();
        }
    }

    /** Leaves the average in the model. */
    void apply() {
        if (ema == null) return;
        try (var _ = Torch.noGrad()) {
            ema.state().forEach((name, mean) -> model.tensors().get(name).copy_(mean));
        }
    }

    Map<String, Tensor> state() { return ema == null ? Map.of() : ema.state(); }

    void load(Map<String, Tensor> state) { if (ema != null) ema.load(state); }

    @Override public void close() { if (ema != null) ema.close(); }
}

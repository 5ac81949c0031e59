package dev.merapi.train;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies of a model's state, to go back to. */
final class Weights implements AutoCloseable {
    private final Layer model;
    private final Map<String, Tensor> copies = new LinkedHashMap<>();

    /** Copies parameters and states as they are now. */
    Weights(Layer model) {
        this.model = model;
        try (var _ = Torch.noGrad()) {
            model.tensors().forEach((name, tensor) -> copies.put(name, tensor.copy().owned()));
        }
    }

    /** Puts them back. */
    void restore() {
        try (var _ = Torch.noGrad()) {
            model.tensors().forEach((name, tensor) -> tensor.copy_(copies.get(name)));
        }
    }

    @Override public void close() { copies.values().forEach(Tensor::close); }
}

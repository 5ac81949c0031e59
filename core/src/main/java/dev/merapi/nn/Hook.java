package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.List;

/** Sees what a layer of a model has computed, and may put something else in its place: see {@link Hooks}. */
@FunctionalInterface
public interface Hook {
    /**
     * One run of a layer.
     *
     * @param path the layer's name in the model; empty for the model itself
     * @param type the layer's class, or what stands for it
     * @param layer null for a function, as in a {@link Sequential} or told by {@link Hooks#part}
     * @param inputs its tensors
     * @param output its result; it lives in the caller's scope, and so must what replaces it
     */
    record Call(String path, String type, Layer layer, List<Tensor> inputs, Tensor output) {}

    /** @return what the model goes on with: {@code call.output()} to leave it as it is */
    Tensor around(Call call);
}

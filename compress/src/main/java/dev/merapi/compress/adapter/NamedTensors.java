package dev.merapi.compress.adapter;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Name;
import dev.merapi.tensor.Tensor;
import java.util.Map;

/** Parameters by the names that they have in a file, as parts of a layer: so that they are loaded as any others. */
final class NamedTensors extends Layer {
    @Name("") final Map<String, Tensor> tensors; // each a Param

    NamedTensors(Map<String, Tensor> tensors) { this.tensors = tensors; }
}

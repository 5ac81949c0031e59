package dev.merapi.compress.export;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * A model as a function between tensors, to be exported.
 *
 * <pre>{@code
 * var model = OnnxModel.of(net, OnnxInput.floats("pixels", "batch", 1, 28, 28), "logits");
 * Onnx.write(model, Path.of("fashion.onnx"));
 * }</pre>
 *
 * @param model whose parameters keep their names in the file
 * @param outputs names of what {@code forward} gives
 * @param forward from the inputs in their order
 */
public record OnnxModel(Layer model, List<OnnxInput> inputs, List<String> outputs,
        Function<List<Tensor>, List<Tensor>> forward) {
    public OnnxModel {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** A model of one input and one output. */
    public static <M extends Layer & Unary> OnnxModel of(M model, OnnxInput input, String output) {
        return new OnnxModel(model, List.of(input), List.of(output),
                inputs -> List.of(model.forward(inputs.getFirst())));
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A model as a function between tensors with names, as other programs ask it.
 *
 * <pre>{@code
 * var signature = Signature.of(net, Signature.floats("pixels", "batch", 1, 28, 28), "logits");
 * Onnx.write(signature, Path.of("fashion.onnx"));
 * }</pre>
 *
 * @param model whose parameters {@code forward} uses
 * @param outputs names of what {@code forward} gives
 * @param forward from the inputs in their order
 */
public record Signature(Layer model, List<Input> inputs, List<String> outputs,
        Function<List<Tensor>, List<Tensor>> forward) {
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * What goes in.
     *
     * @param axes of its shape: a whole number for a fixed size, a text for the name of one that is free
     * @param sample makes an input of a shape, with the values that it usually has
     */
    public record Input(String name, DType type, List<Object> axes, Function<long[], Tensor> sample) {
        public Input {
            axes = List.copyOf(axes);
            for (Object axis : axes) {
                Expect.that(axis instanceof String || axis instanceof Number n && n.longValue() > 0,
                        "Signature.Input." + name, "axes that are names or whole numbers above 0", axis);
            }
        }
    }

    /**
     * The same whose axis of this name has one size alone.
     *
     * @throws IllegalArgumentException if no input has such an axis
     */
    public Signature fixed(String axis, long size) {
        Expect.that(inputs.stream().anyMatch(input -> input.axes.contains(axis)), "Signature.fixed",
                "an axis of " + inputs.stream().map(input -> input.name + " " + input.axes).toList(), axis);
        return new Signature(model, inputs.stream().map(input -> new Input(input.name, input.type,
                input.axes.stream().map(a -> a.equals(axis) ? (Object) size : a).toList(), input.sample)).toList(),
                outputs, forward);
    }

    /** A model of one input and one output. */
    public static <M extends Layer & Unary> Signature of(M model, Input input, String output) {
        return new Signature(model, List.of(input), List.of(output),
                inputs -> List.of(model.forward(inputs.getFirst())));
    }

    /** Numbers, such as {@code Signature.floats("pixels", "batch", 3, 32, 32)}. */
    public static Input floats(String name, Object... axes) {
        return new Input(name, DType.FLOAT32, Arrays.asList(axes), Tensor::randn);
    }

    /** Ids below a count, such as {@code Signature.ids("input_ids", vocabSize, "batch", "tokens")}. */
    public static Input ids(String name, long count, Object... axes) {
        return new Input(name, DType.INT64, Arrays.asList(axes), shape -> Tensor.randint(0, count, shape));
    }
}

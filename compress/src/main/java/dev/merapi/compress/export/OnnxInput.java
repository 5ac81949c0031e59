package dev.merapi.compress.export;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * An input of an exported model.
 *
 * @param name as the file has it
 * @param axes of its shape: a whole number for a fixed size, a text for the name of one that is free
 * @param sample makes an input of a shape, with the values that it usually has
 */
public record OnnxInput(String name, DType type, List<Object> axes, Function<long[], Tensor> sample) {
    public OnnxInput {
        axes = List.copyOf(axes);
        for (Object axis : axes) {
            Expect.that(axis instanceof String || axis instanceof Number n && n.longValue() > 0,
                    "OnnxInput." + name, "axes that are names or whole numbers above 0", axis);
        }
    }

    /** Numbers, such as {@code OnnxInput.floats("pixels", "batch", 3, 32, 32)}. */
    public static OnnxInput floats(String name, Object... axes) {
        return new OnnxInput(name, DType.FLOAT32, Arrays.asList(axes), Tensor::randn);
    }

    /** Ids below a count, such as {@code OnnxInput.ids("input_ids", vocabSize, "batch", "tokens")}. */
    public static OnnxInput ids(String name, long count, Object... axes) {
        return new OnnxInput(name, DType.INT64, Arrays.asList(axes), shape -> Tensor.randint(0, count, shape));
    }
}

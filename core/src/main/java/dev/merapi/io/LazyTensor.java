package dev.merapi.io;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A tensor that is made when it is written, such as one of which several processes have parts.
 *
 * @param values makes it, of this type and shape, in the innermost scope
 */
public record LazyTensor(DType dtype, long[] shape, Supplier<Tensor> values) {
    public LazyTensor {
        Objects.requireNonNull(values, "values");
    }

    /** One that is there. */
    public static LazyTensor of(Tensor tensor) {
        return new LazyTensor(tensor.dtype(), tensor.shape(), () -> tensor);
    }
}

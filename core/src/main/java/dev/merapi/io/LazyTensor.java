package dev.merapi.io;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * A tensor that is made when it is written, such as one of which several processes have parts.
 *
 * @param values makes it, of this type and shape, in the innermost scope
 * @param first makes its first numbers alone, so many or all, (count): what tells it from others
 */
public record LazyTensor(DType dtype, long[] shape, Supplier<Tensor> values, LongFunction<Tensor> first) {
    public LazyTensor {
        Objects.requireNonNull(values, "values");
    }

    /** One that has to be made as a whole. */
    public LazyTensor(DType dtype, long[] shape, Supplier<Tensor> values) {
        this(dtype, shape, values, count -> first(values.get(), count));
    }

    static Tensor first(Tensor whole, long count) {
        Tensor all = whole.flatten();
        return all.narrow(0, 0, Math.min(count, all.numel()));
    }

    /** One that is there. */
    public static LazyTensor of(Tensor tensor) {
        return new LazyTensor(tensor.dtype(), tensor.shape(), () -> tensor);
    }
}

package dev.merapi.compress.export;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A tensor in a {@link Trace}. */
final class Value {
    final DType type;
    final List<Size> shape;
    String name; // of an input or a parameter; else null
    Node producer; // null for an input and for what was there before
    Tensor values; // where they are the same for every input; else null

    Value(DType type, List<Size> shape) {
        this.type = type;
        this.shape = shape;
    }

    int rank() { return shape.size(); }

    /** The size of an axis, which may count from the end. */
    Size size(long dim) { return shape.get(axis(dim)); }

    int axis(long dim) { return (int) (dim < 0 ? dim + rank() : dim); }

    boolean isConstant() { return values != null; }

    /** The values among some arguments, and in arrays of such. */
    static Stream<Value> among(List<Object> arguments) {
        return arguments.stream().flatMap(argument -> switch (argument) {
            case Value value -> Stream.of(value);
            case Object[] several -> among(Arrays.asList(several));
            case null, default -> Stream.empty();
        });
    }

    /** Whether all whole numbers among some arguments are the same for every input. */
    static boolean areFixed(List<Object> arguments) {
        return arguments.stream().allMatch(argument -> switch (argument) {
            case Size size -> size.isFixed();
            case Object[] several -> areFixed(Arrays.asList(several));
            case null, default -> true;
        });
    }
}

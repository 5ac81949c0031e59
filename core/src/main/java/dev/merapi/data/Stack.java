package dev.merapi.data;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Joins the values of several samples along a new first dimension. */
final class Stack {
    private Stack() {}

    /** Tensors to a tensor, records to a record; nulls to null. */
    static Object join(List<?> samples) {
        Object first = samples.getFirst();
        if (first == null && samples.stream().allMatch(Objects::isNull)) return null;
        if (first instanceof Tensor) return tensor(samples);
        if (first instanceof Record) return records(samples, first.getClass());
        throw new IllegalArgumentException("Collate.stack: expected tensors, or records of tensors. Received "
                + (first == null ? "null" : first.getClass().getName()) + "; map the samples to tensors, or give the"
                + " loader a collate.");
    }

    private static Record records(List<?> samples, Class<?> type) {
        var rows = samples.stream().map(sample -> Records.values((Record) sample)).toList();
        var joined = new Object[rows.getFirst().length];
        for (int i = 0; i < joined.length; i++) {
            int component = i;
            joined[i] = join(Arrays.asList(rows.stream().map(row -> row[component]).toArray()));
        }
        return Records.of(type, joined);
    }

    /** Tensors, primitive arrays, numbers or booleans to one tensor (B, …). */
    static Tensor tensor(List<?> values) {
        var tensors = values.stream().map(Stack::asTensor).toList();
        var shape = tensors.getFirst().shape();
        for (int i = 1; i < tensors.size(); i++) {
            if (!Arrays.equals(shape, tensors.get(i).shape())) {
                throw new IllegalArgumentException("Collate.stack: expected samples of shape "
                        + Shapes.toString(shape) + ", as the batch's first has. Received "
                        + Shapes.toString(tensors.get(i).shape()) + " for number " + i
                        + " of the batch; make them equal, or use Collate.pad or Collate.list.");
            }
        }
        return Tensor.stack(tensors, 0);
    }

    /** Tensors (T, …) or arrays to (B, longest T, …) and their lengths, after {@code maxLength} cut off. */
    static PaddedBatch pad(List<?> sequences, Number padding, int maxLength) {
        var tensors = sequences.stream().map(Stack::asTensor).map(sequence -> cut(sequence, maxLength)).toList();
        var first = tensors.getFirst();
        long[] lengths = tensors.stream().mapToLong(t -> t.size(0)).toArray();
        long[] shape = new long[first.rank() + 1]; // (B, T, …)
        System.arraycopy(first.shape(), 0, shape, 1, first.rank());
        shape[0] = lengths.length;
        shape[1] = Arrays.stream(lengths).max().getAsLong();
        var x = Tensor.empty(first.dtype(), shape).fill_(padding);
        for (int i = 0; i < lengths.length; i++) {
            var sequence = tensors.get(i);
            if (!Arrays.equals(shape, 2, shape.length, sequence.shape(), 1, sequence.rank())) {
                throw new IllegalArgumentException("Collate.pad: expected sequences that differ in length alone, as "
                        + first.describe() + " does. Received " + sequence.describe() + " for number " + i
                        + " of the batch.");
            }
            x.select(0, i).narrow(0, 0, lengths[i]).copy_(sequence);
        }
        return new PaddedBatch(x, Tensor.of(lengths), null);
    }

    private static Tensor cut(Tensor sequence, int maxLength) {
        if (sequence.rank() == 0) {
            throw new IllegalArgumentException("Collate.pad: expected sequences of shape (T, …). Received "
                    + sequence.describe());
        }
        return sequence.size(0) > maxLength ? sequence.narrow(0, 0, maxLength) : sequence;
    }

    private static Tensor asTensor(Object value) {
        return switch (value) {
            case Tensor t -> t;
            case Float n -> Tensor.scalar(n, DType.FLOAT32);
            case Double n -> Tensor.scalar(n, DType.FLOAT32);
            case Number n -> Tensor.scalar(n.longValue(), DType.INT64);
            case Boolean b -> Tensor.scalar(b ? 1 : 0, DType.BOOL);
            case float[] a -> Tensor.of(a);
            case double[] a -> Tensor.of(a);
            case long[] a -> Tensor.of(a);
            case int[] a -> Tensor.of(Arrays.stream(a).asLongStream().toArray()); // labels and tokens are int64
            case byte[] a -> Tensor.of(a);
            case null -> throw new IllegalArgumentException("Collate: expected a value. Received null");
            default -> throw new IllegalArgumentException("Collate: expected a tensor, a primitive array, a number or"
                    + " a boolean. Received " + value.getClass().getName());
        };
    }
}

package dev.merapi.data;

import dev.merapi.tensor.Expect;
import java.util.List;
import java.util.function.Function;

/**
 * Makes a batch from samples. Runs on a loader's worker; the batch's tensors belong to the loader.
 *
 * @param <E> a sample
 * @param <B> a batch
 */
@FunctionalInterface
public interface Collate<E, B> {
    /** Joins the samples of one batch, at least one, in their order. */
    B collate(List<E> samples);

    /**
     * Tensors are stacked along a new first dimension; records, such as {@link Batch}, component by component.
     *
     * @throws IllegalArgumentException (from collate) for other types, and where shapes differ
     */
    @SuppressWarnings("unchecked") // a stack of records has the records' class
    static <E> Collate<E, E> stack() { return samples -> (E) Stack.join(samples); }

    /** The samples themselves, for those that cannot be joined, such as images of different sizes. */
    static <E> Collate<E, List<E>> list() { return samples -> samples; }

    /**
     * Stacks what two functions take from a sample: tensors, primitive arrays, numbers (integers become int64, others
     * float32) or booleans.
     */
    static <E> Collate<E, Batch> stack(Function<? super E, ?> x, Function<? super E, ?> y) {
        return samples -> new Batch(Stack.tensor(samples.stream().map(x).toList()),
                Stack.tensor(samples.stream().map(y).toList()));
    }

    /**
     * Fills sequences up to the longest of the batch. A sequence is a tensor (T, …) or a primitive array; targets are
     * stacked as in {@link #stack(Function, Function)}.
     *
     * @param padding the value of the positions past a sequence's end
     */
    static <E> Collate<E, PaddedBatch> pad(Function<? super E, ?> x, Function<? super E, ?> y, Number padding) {
        return pad(x, y, padding, Integer.MAX_VALUE);
    }

    /**
     * As {@link #pad(Function, Function, Number)}, with the first {@code maxLength} positions of longer sequences.
     *
     * @throws IllegalArgumentException for a length below 1
     */
    static <E> Collate<E, PaddedBatch> pad(Function<? super E, ?> x, Function<? super E, ?> y, Number padding,
            int maxLength) {
        Expect.atLeast("Collate.pad.maxLength", 1, maxLength);
        return samples -> {
            var padded = Stack.pad(samples.stream().map(x).toList(), padding, maxLength);
            return new PaddedBatch(padded.x(), padded.lengths(), Stack.tensor(samples.stream().map(y).toList()));
        };
    }

    /** As {@link #pad(Function, Function, Number)} for samples that are sequences, without targets. */
    static <E> Collate<E, PaddedBatch> pad(Number padding) {
        return samples -> Stack.pad(samples, padding, Integer.MAX_VALUE);
    }
}

package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;

/**
 * How gradients travel: {@link #none as they are}, in half the bytes, or the largest alone. What is left out is not
 * lost but sent later ("error feedback", Karimireddy et al. 2019).
 */
public sealed interface Compression permits Compression.None, Compression.Bfloat16, Compression.TopK {
    /** Float32 gradients as float32. */
    static Compression none() { return new None(); }

    /** Half the bytes: 8 bits of each gradient, in float32's range. */
    static Compression bfloat16() { return new Bfloat16(); }

    /**
     * The largest gradients of each bucket, by their absolute values.
     *
     * @param share of all elements, above 0 and below 1; an element that is sent takes 8 bytes, its place with it, and
     *     goes to every rank
     */
    static Compression topK(double share) { return new TopK(share); }

    /**
     * How a bucket becomes the sum over all ranks.
     *
     * @param marks elements at its end that are 0 or 1, and always sent
     */
    Wire wire(ProcessGroup group, Tensor flat, int marks);

    /** One bucket's way to the other ranks. */
    interface Wire extends AutoCloseable {
        /** Begins to send what the bucket holds. */
        void begin();

        /** Waits; then the bucket holds the sum. */
        void finish();

        @Override default void close() { }
    }

    /** See {@link #none}. */
    record None() implements Compression {
        @Override public Wire wire(ProcessGroup group, Tensor flat, int marks) {
            return new PlainWire(group, flat, flat.dtype());
        }
    }

    /** See {@link #bfloat16}. */
    record Bfloat16() implements Compression {
        @Override public Wire wire(ProcessGroup group, Tensor flat, int marks) {
            return new PlainWire(group, flat, DType.BFLOAT16);
        }
    }

    /** See {@link #topK}. */
    record TopK(double share) implements Compression {
        public TopK {
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException("Compression.topK: expected a share above 0 and below 1. Received "
                        + share);
            }
        }

        @Override public Wire wire(ProcessGroup group, Tensor flat, int marks) {
            return new TopKWire(group, flat, marks, share);
        }
    }
}

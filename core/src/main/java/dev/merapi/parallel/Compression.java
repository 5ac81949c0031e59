package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * How gradients travel: {@link #none as they are}, in half the bytes, the largest alone, or matrices of low rank. What
 * is left out is not lost but sent later ("error feedback", Karimireddy et al. 2019).
 */
public sealed interface Compression
        permits Compression.None, Compression.Bfloat16, Compression.TopK, Compression.PowerSgd {
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
     * Of each matrix (n, m) two thin ones, (n, rank) and (m, rank), found by a step of power iteration from those of
     * the step before; vectors as they are (Vogels et al. 2019, "PowerSGD").
     *
     * @param rank from 1; a convolution's weight is the matrix of its outputs and all the rest
     */
    static Compression powerSgd(int rank) { return new PowerSgd(rank); }

    /**
     * How a bucket becomes the sum over all ranks.
     *
     * @param gradients views of the bucket's elements, in their order; behind them it has as many marks, 0 or 1, which
     *     are always sent
     */
    Wire wire(ProcessGroup group, Tensor flat, List<Tensor> gradients);

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
        @Override public Wire wire(ProcessGroup group, Tensor flat, List<Tensor> gradients) {
            return new PlainWire(group, flat, flat.dtype());
        }
    }

    /** See {@link #bfloat16}. */
    record Bfloat16() implements Compression {
        @Override public Wire wire(ProcessGroup group, Tensor flat, List<Tensor> gradients) {
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

        @Override public Wire wire(ProcessGroup group, Tensor flat, List<Tensor> gradients) {
            return new TopKWire(group, flat, gradients.size(), share);
        }
    }

    /** See {@link #powerSgd}. */
    record PowerSgd(int rank) implements Compression {
        public PowerSgd {
            if (rank < 1) {
                throw new IllegalArgumentException("Compression.powerSgd: expected a rank of at least 1. Received "
                        + rank);
            }
        }

        @Override public Wire wire(ProcessGroup group, Tensor flat, List<Tensor> gradients) {
            return new PowerSgdWire(group, flat, gradients, rank);
        }
    }
}

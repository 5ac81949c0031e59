package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What a rank says before, or in place of, an operation on tensors. All frames have one size, so that ranks which have
 * gone different ways hear so, where Gloo would end the process.
 *
 * @param call what the rank does
 * @param number of its call, from 0
 * @param type of the tensor, -1 for none
 * @param elements of the tensor
 * @param shape a hash of its sizes
 * @param setting the root, or the reduction
 * @param nccl 1 where the tensor goes from GPU to GPU, else 0
 * @param value a number
 */
record Frame(Call call, long number, long type, long elements, long shape, long setting, long nccl, double value) {
    static final int LONGS = 8;

    /** What all ranks do together. */
    enum Call {
        ALL_REDUCE("allReduce"), BROADCAST("broadcast"), ALL_GATHER("allGather"), REDUCE_SCATTER("reduceScatter"),
        BARRIER("barrier"), SUM("sum"), MAX("max"), GATHER("gather"), PLAN("DataParallel's plan"), FAILED("failed"),
        LEFT("leaving");

        final String inWords;

        Call(String inWords) { this.inWords = inWords; }
    }

    static Frame of(Call call, long number, Tensor tensor, long setting, boolean nccl) {
        return new Frame(call, number, tensor.dtype().ordinal(), tensor.numel(), Arrays.hashCode(tensor.shape()),
                setting, nccl ? 1 : 0, 0);
    }

    static Frame of(Call call, long number, double value) { return new Frame(call, number, -1, 0, 0, 0, 0, value); }

    void write(MemorySegment to) {
        long[] all = {call.ordinal(), number, type, elements, shape, setting, nccl, Double.doubleToRawLongBits(value)};
        for (int i = 0; i < LONGS; i++) to.setAtIndex(ValueLayout.JAVA_LONG, i, all[i]);
    }

    static Frame read(MemorySegment from, int rank) {
        var all = new long[LONGS];
        for (int i = 0; i < LONGS; i++) all[i] = from.getAtIndex(ValueLayout.JAVA_LONG, (long) rank * LONGS + i);
        return new Frame(Call.values()[(int) all[0]], all[1], all[2], all[3], all[4], all[5],
                all[6], Double.longBitsToDouble(all[7]));
    }

    /** Whether another rank does the same; its value may be another. */
    boolean agrees(Frame other) {
        return call == other.call && number == other.number && type == other.type && elements == other.elements
                && shape == other.shape && setting == other.setting && nccl == other.nccl;
    }

    @Override public String toString() {
        return "call " + number + ", " + call.inWords
                + (type < 0 ? "" : " of " + elements + " " + DType.values()[(int) type] + " elements")
                + (nccl == 0 ? "" : " on GPUs")
                + (call == Call.BROADCAST ? " from rank " + setting : "");
    }
}

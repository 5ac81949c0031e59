package dev.merapi.parallel;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Ranks in three directions: along {@code data} they learn from different batches, along {@code pipeline} they have
 * different blocks of the model, along {@code tensor} different parts of each block.
 *
 * <pre>{@code
 * try (var mesh = DeviceMesh.of(group, 2, 1, 2);                   // 4 ranks: 2 models of 2 ranks each
 *         var parallel = MeshParallel.of(mesh, TensorParallel.LLAMA)) {
 *     trainer.strategy(parallel).fit(train);
 * }
 * }</pre>
 *
 * Rank r stands at place r % tensor along {@code tensor}, whose ranks send most and so are neighbours, at (r / tensor)
 * % pipeline along {@code pipeline}, and at r / (tensor · pipeline) along {@code data}.
 */
public final class DeviceMesh implements AutoCloseable {
    private final ProcessGroup all;
    private final ProcessGroup data;
    private final ProcessGroup pipeline;
    private final ProcessGroup tensor;

    private DeviceMesh(ProcessGroup group, int data, int pipeline, int tensor) {
        all = group;
        int rank = group.rank();
        int inTensor = rank % tensor;
        int inPipeline = rank / tensor % pipeline;
        int inData = rank / (tensor * pipeline);
        this.tensor = group.part("tensor", along(tensor, i -> rank - inTensor + i));
        this.pipeline = group.part("pipeline", along(pipeline, i -> rank + (i - inPipeline) * tensor));
        this.data = group.part("data", along(data, i -> rank + (i - inData) * tensor * pipeline));
    }

    private static List<Integer> along(int size, IntUnaryOperator rank) {
        return IntStream.range(0, size).map(rank).boxed().toList();
    }

    /**
     * @param group stays open when the mesh is closed
     * @throws IllegalArgumentException unless the sizes multiply to the number of ranks
     */
    public static DeviceMesh of(ProcessGroup group, int data, int pipeline, int tensor) {
        if (data < 1 || pipeline < 1 || tensor < 1 || (long) data * pipeline * tensor != group.world()) {
            throw new IllegalArgumentException("DeviceMesh: expected sizes from 1 whose product is the number of"
                    + " ranks, " + group.world() + ". Received data " + data + ", pipeline " + pipeline
                    + " and tensor " + tensor);
        }
        return new DeviceMesh(group, data, pipeline, tensor);
    }

    /** All ranks. */
    public ProcessGroup all() { return all; }

    /** The ranks that have the same part of the model as this one. */
    public ProcessGroup data() { return data; }

    /** The ranks that have the blocks before and behind this one's, in their order. */
    public ProcessGroup pipeline() { return pipeline; }

    /** The ranks that have other parts of this one's blocks. */
    public ProcessGroup tensor() { return tensor; }

    @Override public void close() {
        data.close();
        pipeline.close();
        tensor.close();
    }
}

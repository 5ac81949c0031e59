package dev.merapi.parallel;

import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.time.Duration;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.ReduceScatterOptions;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;

/**
 * Connections from every rank to every other, by libtorch's Gloo or NCCL. All ranks start the same operations in the
 * same order on tensors of the same sizes: where sizes differ, Gloo ends the process. {@link ProcessGroup} sees to
 * that.
 */
final class Collectives implements AutoCloseable {
    private final Backend backend;
    private final Runnable closing;

    private Collectives(Backend backend, Runnable closing) {
        this.backend = backend;
        this.closing = closing;
    }

    /**
     * For tensors of the CPU.
     *
     * @param local this machine's address, as the others reach it
     */
    static Collectives gloo(Store store, int rank, int world, Duration timeout, String local) {
        try (var limit = new Milliseconds(timeout.toMillis())) {
            var options = ProcessGroupGloo.Options.create(limit);
            options.devices().push_back(ProcessGroupGloo.createDeviceForHostname(local));
            options.threads(2);
            var gloo = new ProcessGroupGloo(store, rank, world, options);
            return new Collectives(gloo, gloo::close);
        }
    }

    /** For tensors of GPUs: each rank has one of its own. */
    static Collectives nccl(Store store, int rank, int world, Duration timeout) {
        try (var limit = new Milliseconds(timeout.toMillis())) {
            var options = ProcessGroupNCCL.Options.create();
            options.timeout(limit);
            var nccl = new ProcessGroupNCCL(store, rank, world, options);
            return new Collectives(nccl, () -> {
                nccl.shutdown();
                nccl.close();
            });
        }
    }

    /** GPUs that this process sees, if its libtorch has NCCL and the machine its library. */
    static int gpus() {
        int gpus = Torch.cudaDevices();
        if (gpus == 0) return 0;
        try {
            ProcessGroupNCCL.Options.create().close();
            return gpus;
        } catch (LinkageError e) { // tensors go by way of the CPU then
            return 0;
        }
    }

    Work allReduce(Tensor tensor, Reduction how) {
        try (var tensors = vector(tensor); var options = new AllreduceOptions(); var op = how.open()) {
            options.reduceOp(op);
            return backend.allreduce(tensors, options);
        }
    }

    Work broadcast(Tensor tensor, int root) {
        try (var tensors = vector(tensor); var options = new BroadcastOptions()) {
            options.rootRank(root);
            return backend.broadcast(tensors, options);
        }
    }

    /** @param all (world, …) receives what each rank has in {@code own} (…) */
    Work allGather(Tensor all, Tensor own) { return backend._allgather_base(all.unwrap(), own.unwrap()); }

    /** @param part (n, …) receives this rank's part of the reduced {@code all} (world · n, …) */
    Work reduceScatter(Tensor part, Tensor all, Reduction how) {
        try (var options = new ReduceScatterOptions(); var op = how.open()) {
            options.reduceOp(op);
            return backend._reduce_scatter_base(part.unwrap(), all.unwrap(), options);
        }
    }

    Work send(Tensor tensor, int to, int tag) {
        try (var tensors = vector(tensor)) {
            return backend.send(tensors, to, tag);
        }
    }

    Work receive(Tensor tensor, int from, int tag) {
        try (var tensors = vector(tensor)) {
            return backend.recv(tensors, from, tag);
        }
    }

    private static TensorVector vector(Tensor tensor) { return new TensorVector(tensor.unwrap()); }

    /** Waits for what is under way, at most as long as the timeout, and closes the connections. */
    @Override public void close() { closing.run(); }
}

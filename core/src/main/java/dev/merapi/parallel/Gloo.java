package dev.merapi.parallel;

import dev.merapi.tensor.Tensor;
import java.time.Duration;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.ReduceScatterOptions;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;

/**
 * Connections from every rank to every other, by libtorch's Gloo. All ranks start the same operations in the same order
 * on tensors of the same sizes: where sizes differ, Gloo ends the process. {@link ProcessGroup} sees to that.
 */
final class Gloo implements AutoCloseable {
    private final ProcessGroupGloo group;

    /** @param local this machine's address, as the others reach it */
    Gloo(Store store, int rank, int world, Duration timeout, String local) {
        try (var limit = new Milliseconds(timeout.toMillis())) {
            var options = ProcessGroupGloo.Options.create(limit);
            options.devices().push_back(ProcessGroupGloo.createDeviceForHostname(local));
            options.threads(2);
            group = new ProcessGroupGloo(store, rank, world, options);
        }
    }

    Work allReduce(Tensor tensor, Reduction how) {
        try (var tensors = vector(tensor); var options = new AllreduceOptions(); var op = how.open()) {
            options.reduceOp(op);
            return group.allreduce(tensors, options);
        }
    }

    Work broadcast(Tensor tensor, int root) {
        try (var tensors = vector(tensor); var options = new BroadcastOptions()) {
            options.rootRank(root);
            return group.broadcast(tensors, options);
        }
    }

    /** @param all (world, …) receives what each rank has in {@code own} (…) */
    Work allGather(Tensor all, Tensor own) { return group._allgather_base(all.unwrap(), own.unwrap()); }

    /** @param part (n, …) receives this rank's part of the reduced {@code all} (world · n, …) */
    Work reduceScatter(Tensor part, Tensor all, Reduction how) {
        try (var options = new ReduceScatterOptions(); var op = how.open()) {
            options.reduceOp(op);
            return group._reduce_scatter_base(part.unwrap(), all.unwrap(), options);
        }
    }

    Work send(Tensor tensor, int to, int tag) {
        try (var tensors = vector(tensor)) {
            return group.send(tensors, to, tag);
        }
    }

    Work receive(Tensor tensor, int from, int tag) {
        try (var tensors = vector(tensor)) {
            return group.recv(tensors, from, tag);
        }
    }

    private static TensorVector vector(Tensor tensor) { return new TensorVector(tensor.unwrap()); }

    /** Waits for what is under way, at most as long as the timeout, and closes the connections. */
    @Override public void close() { group.close(); }
}

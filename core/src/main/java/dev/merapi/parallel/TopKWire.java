package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.bytedeco.pytorch.Work;

/**
 * A bucket's sum from the largest elements of each rank, which all ranks gather. What a rank did not send it adds to
 * its next bucket (Stich et al. 2018, "Sparsified SGD with Memory").
 */
final class TopKWire implements Compression.Wire {
    private final ProcessGroup group;
    private final Tensor gradients; // (n), of the bucket
    private final Tensor marks; // (m), of the bucket
    private final Tensor left; // (n), what was not sent so far
    private final long count; // sent by each rank
    private final Tensor own; // (2 · count + m) float32: values, the bits of their places, marks
    private final Tensor all; // (world · (2 · count + m))
    private Work work;

    TopKWire(ProcessGroup group, Tensor flat, int marks, double share) {
        this.group = group;
        long n = flat.numel() - marks;
        gradients = flat.narrow(0, 0, n).owned();
        this.marks = flat.narrow(0, n, marks).owned();
        left = gradients.zerosLike().owned();
        count = Math.max(1, Math.round(share * n));
        own = Tensor.empty(Device.CPU, DType.FLOAT32, 2 * count + marks).owned();
        all = Tensor.empty(Device.CPU, DType.FLOAT32, group.world() * own.numel()).owned();
    }

    @Override public void begin() {
        try (var _ = Scope.open()) {
            left.add_(gradients);
            var places = left.abs().topk(count, 0).indices(); // (count), int64
            var values = left.indexSelect(0, places);
            left.indexCopy_(0, places, values.zerosLike());
            own.narrow(0, 0, count).copy_(values);
            own.narrow(0, count, count).copy_(bits(places.to(Device.CPU).to(DType.INT32), DType.FLOAT32));
            own.narrow(0, 2 * count, marks.numel()).copy_(marks);
        }
        work = group.startGather(all, own);
    }

    @Override public void finish() {
        var begun = work;
        work = null;
        group.finish(begun);
        try (var _ = Scope.open()) {
            gradients.zero_();
            marks.zero_();
            for (Tensor rank : all.to(gradients.device()).view(group.world(), -1).unbind(0)) {
                var values = rank.narrow(0, 0, count).to(gradients.dtype());
                var places = bits(rank.narrow(0, count, count), DType.INT32).to(DType.INT64);
                Tensor.call("index_add_", "", gradients, 0, places, values, 1);
                marks.add_(rank.narrow(0, 2 * count, marks.numel()));
            }
        }
    }

    /** The same bits as another type of the same size. */
    private static Tensor bits(Tensor t, DType type) { return Tensor.call("view", "dtype", t, type); }

    @Override public void close() {
        gradients.close();
        marks.close();
        left.close();
        own.close();
        all.close();
    }
}

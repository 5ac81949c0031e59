package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import org.bytedeco.pytorch.Work;

/** A bucket's sum by one all-reduce, of the bucket itself or of a copy of another type, or at another place. */
final class PlainWire implements Compression.Wire {
    private final ProcessGroup group;
    private final Tensor flat;
    private final Device port; // from where it is sent
    private final Tensor sent; // flat itself, or a copy
    private Work work; // null: not begun

    PlainWire(ProcessGroup group, Tensor flat, DType type) {
        this.group = group;
        this.flat = flat;
        port = group.portOf(flat.device());
        boolean asItIs = flat.dtype() == type && flat.device().equals(port);
        sent = asItIs ? flat : Tensor.empty(port, type, flat.numel()).owned();
    }

    @Override public void begin() {
        if (sent != flat) sent.copy_(flat);
        work = group.start(sent, Reduction.SUM);
    }

    @Override public void finish() {
        var begun = work;
        work = null;
        group.finish(begun, port);
        if (sent == flat) return;
        try (var _ = Scope.open()) {
            flat.copy_(sent);
        }
    }

    @Override public void close() { if (sent != flat) sent.close(); }
}

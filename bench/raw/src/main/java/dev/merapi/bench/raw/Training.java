package dev.merapi.bench.raw;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A classifier's training step: forward, cross-entropy, backward, Adam. */
record Training(UnaryOperator<Tensor> network, FusedAdam adam, Batches<Tensor, Tensor> batches)
        implements Step {
    static final int CLASSES = 10;

    /** Images of (batch, 3, 32, 32), channels_last. */
    static Batches<Tensor, Tensor> images(int batch) {
        return new Batches<>(
                seed -> torch.tensor(Batches.normal(seed, batch * 3 * 32 * 32)).view(batch, 3, 32, 32)
                        .contiguous(MemoryFormat.ChannelsLast),
                seed -> integers(seed, batch, CLASSES));
    }

    /** {@code count} integers below {@code bound} as int64. */
    static Tensor integers(int seed, int count, int bound) {
        return torch.tensor(Batches.integers(seed, count, bound)).to(ScalarType.Long);
    }

    @Override public double run() {
        batches.next();
        try (var _ = new PointerScope()) {
            Tensor loss = torch.cross_entropy_loss(network.apply(batches.inputs()), batches.labels());
            loss.backward();
            adam.step();
            return loss.item_float();
        }
    }
}

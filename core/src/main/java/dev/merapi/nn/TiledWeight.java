package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A second copy of a weight, from which its product with one vector is computed at the speed of the memory, as when a
 * text is generated token by token on a CPU with AVX-512. It is made at the first use, and again when the weight has
 * changed.
 *
 * <p>The outputs are cut into tiles, in which what belongs to one input lies together. A tile is then a bag of an
 * embedding, weighted by the inputs: the engine keeps a tile's sums in registers, and reads the copy from its beginning
 * to its end.
 *
 * <p>Changes are seen that operators make, such as an optimizer's step; not those written through
 * {@link Tensor#segment()}.
 */
public final class TiledWeight implements AutoCloseable {
    private static final int WIDEST = 384; // outputs of a tile: what AVX-512's registers hold
    private static final int LARGE = 1 << 16; // elements from which the longer way to the kernel pays
    private static final int VECTOR = 16; // floats of a register
    private static final int SUM = 0; // of embedding_bag's modes

    private final Param weight;
    private final boolean transposed;
    private volatile Tiles tiles; // null before the first use

    /**
     * @param table (tiles · in, width)
     * @param rows the table's, 0, 1, …
     * @param starts the rows where tiles begin, and the table's end
     * @param ones (tiles, 1)
     * @param version how often the weight was written to
     */
    private record Tiles(Tensor table, Tensor rows, Tensor starts, Tensor ones, long version) {}

    /** @param weight (out, in), or (in, out) if it is {@code transposed} */
    public TiledWeight(Param weight, boolean transposed) {
        this.weight = weight;
        this.transposed = transposed;
    }

    /**
     * Whether there is anything to gain for this input, and nothing to lose: it is one vector, (1, …, in), and the
     * weight large, no gradients are recorded, nobody listens by {@link Trace}, and all is float32 on a CPU with
     * AVX-512.
     */
    public boolean suits(Tensor x) {
        return x.rank() > 1 && x.numel() == in() && weight.numel() >= LARGE && !Torch.isGradEnabled() && !Trace.isOn()
                && x.dtype() == DType.FLOAT32 && weight.dtype() == DType.FLOAT32 && x.device().equals(Device.CPU)
                && Cpu.HAS_AVX512 && !weight.unwrap().is_inference(); // such weights do not count their changes
    }

    /** y = x Wᵀ + b. Shapes: x (1, …, in), bias (out) or null, to y (1, …, out). */
    public Tensor linear(Tensor x, Tensor bias) {
        var t = tiles();
        Tensor inputs = x.mul(t.ones).view(-1); // once for each tile: faster than a copy of an expanded view
        Tensor y = Tensor.wrap(() -> {
            try (var weights = new TensorOptional(inputs.unwrap());
                    var sums = torch.embedding_bag(t.table.unwrap(), t.rows.unwrap(), t.starts.unwrap(), false, SUM,
                            false, weights, true)) {
                return new org.bytedeco.pytorch.Tensor(sums.get0());
            }
        });
        long[] shape = x.shape();
        shape[shape.length - 1] = out();
        Tensor whole = (y.numel() == out() ? y : y.view(-1).narrow(0, 0, out())).view(shape);
        return bias == null ? whole : whole.add_(bias);
    }

    private long in() { return weight.size(transposed ? 0 : 1); }

    private long out() { return weight.size(transposed ? 1 : 0); }

    private Tiles tiles() {
        var now = tiles;
        long version = weight.unwrap()._version();
        if (now != null && now.version == version) return now;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            now = cut(transposed ? weight.mT() : weight, version);
        }
        tiles = now; // the old one is freed as garbage, for another thread may be using it
        return now;
    }

    /** Tiles of one width, as many for each thread, filled up by zeros at the end. */
    private static Tiles cut(Tensor weight, long version) {
        long out = weight.size(0);
        long in = weight.size(1);
        int threads = Torch.threads();
        long count = threads * Math.ceilDiv(out, (long) threads * WIDEST);
        long width = Math.ceilDiv(Math.ceilDiv(out, count), VECTOR) * VECTOR;
        Tensor filled = Tensor.zeros(count * width, in);
        filled.narrow(0, 0, out).copy_(weight);
        Tensor table = filled.view(count, width, in).mT().contiguous().view(count * in, width);
        Tensor rows = Tensor.arange(count * in).to(DType.INT32);
        Tensor starts = Tensor.arange(count + 1).mul(in).to(DType.INT32);
        Tensor ones = Tensor.ones(count, 1);
        return new Tiles(table.owned(), rows.owned(), starts.owned(), ones.owned(), version);
    }

    /** Frees the copy; the next use makes a new one. Never closed, it is freed when it is garbage. */
    @Override public void close() {
        var now = tiles;
        tiles = null;
        if (now == null) return;
        now.table.close();
        now.rows.close();
        now.starts.close();
        now.ones.close();
    }

    private static final class Cpu {
        static final boolean HAS_AVX512 = Torch.cpuCapability().startsWith("AVX512");
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.bytedeco.pytorch.InferenceMode;
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
    private final Param bias; // or null
    private final boolean transposed;
    private Tiles tiles; // null before the first use

    /**
     * @param table (tiles · rows, width): for each tile its weights of each input, then its bias
     * @param rows the table's, 0, 1, …
     * @param starts the rows where tiles begin, and the table's end
     * @param inputs (tiles · rows), what the rows are multiplied by: the bias by 1
     * @param x (tiles, in), the vector's places in the inputs
     * @param version how often the weight and the bias were written to
     */
    private record Tiles(Tensor table, Tensor rows, Tensor starts, Tensor inputs, Tensor x, long version) {}

    /**
     * @param weight (out, in), or (in, out) if it is {@code transposed}
     * @param bias (out), or null
     */
    public TiledWeight(Param weight, Param bias, boolean transposed) {
        this.weight = weight;
        this.bias = bias;
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

    /** y = x Wᵀ + b. Shapes: x (1, …, in) to y (1, …, out). */
    public synchronized Tensor linear(Tensor x) {
        var t = tiles();
        t.x.copy_(x.rank() == 2 ? x : x.view(1, -1));
        Tensor y = Tensor.wrap(() -> {
            try (var weights = new TensorOptional(t.inputs.unwrap());
                    var sums = torch.embedding_bag(t.table.unwrap(), t.rows.unwrap(), t.starts.unwrap(), false, SUM,
                            false, weights, true)) {
                return new org.bytedeco.pytorch.Tensor(sums.get0());
            }
        });
        long[] shape = x.shape();
        shape[shape.length - 1] = out();
        return (y.numel() == out() ? y : y.view(-1).narrow(0, 0, out())).view(shape);
    }

    private long in() { return weight.size(transposed ? 0 : 1); }

    private long out() { return weight.size(transposed ? 1 : 0); }

    private Tiles tiles() {
        long version = weight.unwrap()._version() + (bias == null ? 0 : bias.unwrap()._version());
        if (tiles != null && tiles.version == version) return tiles;
        close();
        try (var _ = new InferenceMode(false); var _ = Scope.open(); var _ = Torch.noGrad()) {
            tiles = cut(transposed ? weight.mT() : weight, bias, version);
        }
        return tiles;
    }

    /** Tiles of one width, as many for each thread, filled up by zeros at the end. */
    private static Tiles cut(Tensor weight, Tensor bias, long version) {
        long out = weight.size(0);
        long in = weight.size(1);
        int threads = Torch.threads();
        long count = threads * Math.ceilDiv(out, (long) threads * WIDEST);
        long width = Math.ceilDiv(Math.ceilDiv(out, count), VECTOR) * VECTOR;
        long height = bias == null ? in : in + 1;
        Tensor filled = Tensor.zeros(count * width, height);
        filled.narrow(0, 0, out).narrow(1, 0, in).copy_(weight);
        if (bias != null) filled.narrow(0, 0, out).narrow(1, in, 1).copy_(bias.unsqueeze(1));
        Tensor table = filled.view(count, width, height).mT().contiguous().view(count * height, width);
        Tensor rows = Tensor.arange(count * height).to(DType.INT32);
        Tensor starts = Tensor.arange(count + 1).mul(height).to(DType.INT32);
        Tensor inputs = Tensor.ones(count, height);
        return new Tiles(table.owned(), rows.owned(), starts.owned(), inputs.view(-1).owned(),
                inputs.narrow(1, 0, in).owned(), version);
    }

    /** Frees the copy; the next use makes a new one. Never closed, it is freed when it is garbage. */
    @Override public synchronized void close() {
        if (tiles == null) return;
        tiles.table.close();
        tiles.rows.close();
        tiles.starts.close();
        tiles.inputs.close();
        tiles.x.close();
        tiles = null;
    }

    private static final class Cpu {
        static final boolean HAS_AVX512 = Torch.cpuCapability().startsWith("AVX512");
    }
}

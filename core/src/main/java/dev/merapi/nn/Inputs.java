package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a layer expects of its input: cheap checks that say where, what was expected and what was received.
 */
final class Inputs {
    private static final String[] AXES = {"", "", "", "L", "H, W", "D, H, W"};

    private Inputs() {}

    /** x (…, size). */
    static Tensor last(Layer layer, Tensor x, long size) {
        int rank = x.rank();
        if (rank == 0 || x.size(-1) != size) {
            long[] shape = x.shape();
            boolean flat = rank > 2 && Shapes.numel(shape) == size * shape[0];
            throw wrong(layer, "last dim " + size, x, flat ? "; put a Flatten before it." : ".");
        }
        return x;
    }

    /** x (…, shape). */
    static Tensor last(Layer layer, Tensor x, long[] shape) {
        if (shape.length == 1) return last(layer, x, shape[0]);
        long[] all = x.shape();
        int from = all.length - shape.length;
        if (from < 0 || !Arrays.equals(all, from, all.length, shape, 0, shape.length)) {
            throw wrong(layer, "last dims " + Shapes.toString(shape), x, ".");
        }
        return x;
    }

    /** x (N, channels, …) of a rank. */
    static Tensor channels(Layer layer, Tensor x, int rank, long channels) {
        if (x.rank() != rank || x.size(1) != channels) {
            String axes = AXES[rank].isEmpty() ? "" : ", " + AXES[rank];
            String hint = x.rank() == rank - 1 ? "; add the missing dimension with unsqueeze." : ".";
            throw wrong(layer, "x of shape (N, " + channels + axes + ")", x, hint);
        }
        return x;
    }

    /** x of a rank. */
    static Tensor rank(Layer layer, Tensor x, int rank) {
        if (x.rank() != rank) throw wrong(layer, "x of shape (N, C, " + AXES[rank] + ")", x, ".");
        return x;
    }

    /** x (N, channels) or (N, channels, …). */
    static Tensor channels(Layer layer, Tensor x, long channels) {
        if (x.rank() < 2 || x.size(1) != channels) {
            throw wrong(layer, "x of shape (N, " + channels + ", …)", x, ".");
        }
        return x;
    }

    /** x (N, C, L…) that a pooling window fits into. */
    static void pooled(Layer layer, Tensor x, List<Integer> kernel, PoolOptions options, List<Integer> dilation) {
        int dims = x.rank() - 2;
        long[] size = Sizes.of(kernel, dims), apart = Sizes.of(dilation, dims);
        long[] padding = Sizes.of(options.padding(), dims);
        long[] stride = options.stride().isEmpty() ? size : Sizes.of(options.stride(), dims);
        var least = new long[dims];
        for (int i = 0; i < dims; i++) {
            long window = apart[i] * (size[i] - 1) + 1;
            if (padding[i] > window / 2) {
                throw Expect.error(layer.where(), "padding of at most half the window, " + window / 2, padding[i]);
            }
            least[i] = Math.max(1, window - 2 * padding[i] - (options.ceil() ? stride[i] - 1 : 0));
        }
        covered(layer, x, least);
    }

    /** x (N, C, L…) that a kernel (out, in, kernel…) fits into. */
    static void convolved(Layer layer, Tensor x, long[] weight, ConvOptions options) {
        int dims = weight.length - 2;
        if (options.padding().isEmpty()) return; // as much as it needs
        long[] apart = Sizes.of(options.dilation(), dims), padding = Sizes.of(options.padding(), dims);
        var least = new long[dims];
        for (int i = 0; i < dims; i++) {
            least[i] = Math.max(1, apart[i] * (weight[i + 2] - 1) + 1 - 2 * padding[i]);
            if (options.mode() == PaddingMode.REFLECT) least[i] = Math.max(least[i], padding[i] + 1);
            if (options.mode() == PaddingMode.CIRCULAR) least[i] = Math.max(least[i], padding[i]);
        }
        covered(layer, x, least);
    }

    private static void covered(Layer layer, Tensor x, long[] least) {
        for (int i = 0; i < least.length; i++) {
            if (x.size(i + 2) >= least[i]) continue;
            throw wrong(layer, "at least " + Shapes.toString(least) + " positions for its window and padding", x, ".");
        }
    }

    /** Padding that mirrors or repeats, which takes its values from x. */
    static void padded(Tensor x, long[] sizes, PaddingMode mode) {
        int axes = sizes.length / 2;
        boolean ok = axes >= 1 && axes <= 3 && sizes.length % 2 == 0 && x.rank() - axes >= 1 && x.rank() - axes <= 2;
        if (!ok) {
            throw Expect.error("F.pad", mode + " padding of two sizes for each axis but the first, or the first two",
                    sizes.length + " for x of shape " + Shapes.toString(x.shape()));
        }
        long more = mode == PaddingMode.REFLECT ? -1 : mode == PaddingMode.CIRCULAR ? 0 : Long.MAX_VALUE / 2;
        for (int i = 0; i < sizes.length; i++) {
            long axis = x.size(-1 - i / 2);
            if (axis > 0 && sizes[i] <= axis + more) continue;
            throw Expect.error("F.pad", mode + " padding of at most " + (axis + more) + " along an axis of size "
                    + axis, sizes[i]);
        }
    }

    /** Images (N, C, H, W) and their new size. */
    static void resized(String where, Tensor x, long height, long width) {
        boolean ok = x.rank() == 4 && x.numel() > 0 && height > 0 && width > 0;
        if (!ok) {
            throw Expect.error(where, "x (N, C, H, W) and a height and width of at least 1", Shapes.toString(x.shape())
                    + ", " + height + " and " + width);
        }
    }

    /** Statistics over {@code values} values, of which one has no variance. {@code where} is a layer or a name. */
    static void several(Object where, long values, String of, Tensor x, String hint) {
        if (values != 1) return;
        throw new IllegalArgumentException((where instanceof Layer layer ? layer.where() : where)
                + ": expected more than one value in each " + of + ", as a variance needs. Received x of shape "
                + Shapes.toString(x.shape()) + hint);
    }

    /** Why looking up ids failed. */
    static IllegalArgumentException ids(Layer layer, Tensor ids, long count, IllegalArgumentException cause) {
        boolean whole = ids.dtype() == DType.INT64 || ids.dtype() == DType.INT32;
        if (!whole) {
            return new IllegalArgumentException(layer.where() + ": expected ids of int64 or int32. Received "
                    + ids.dtype() + "; convert them with to(DType.INT64).", cause);
        }
        try (var _ = Scope.open()) {
            long low = ids.min().itemLong();
            long high = ids.max().itemLong();
            if (low >= 0 && high < count) return cause;
            return new IllegalArgumentException(layer.where() + ": expected ids from 0 to " + (count - 1)
                    + ". Received " + (low < 0 ? low : high) + ".", cause);
        }
    }

    /** The engine reads beyond its memory where a bag ends before it starts. A GPU is not waited for. */
    static void offsets(Tensor offsets, long ids) {
        boolean ok = offsets.rank() == 1 && offsets.dtype().isInteger();
        if (ok && offsets.device().equals(Device.CPU)) {
            long last = 0;
            for (long offset : offsets.toLongs()) {
                ok &= offset >= last;
                last = offset;
            }
            ok &= last <= ids && (offsets.numel() == 0 || offsets.narrow(0, 0, 1).itemLong() == 0);
        }
        if (!ok) {
            throw Expect.error("F.embeddingBag", "offsets (B), integers that begin at 0, never fall and stay within"
                    + " the " + ids + " ids",
                    offsets.rank() == 1 && offsets.dtype().isInteger() ? offsets : offsets.describe());
        }
    }

    static void paddingId(String where, long id, long count) {
        if (id < -1 || id >= count) throw Expect.error(where, "a padding id below " + count + ", or -1", id);
    }

    /** The engine's kernel reads beyond its memory where they do not fit. */
    static void attention(long[] q, long[] k, long[] v) {
        boolean fit = q.length == 4 && k.length == 4 && v.length == 4 && q[0] == k[0] && q[3] == k[3]
                && Arrays.equals(k, 0, 3, v, 0, 3) && k[1] > 0 && q[1] % k[1] == 0;
        if (fit) return;
        throw new IllegalArgumentException("F.attention: expected q (B, H, T, D), k (B, G, S, D) and v (B, G, S, E),"
                + " where G divides H. Received " + Shapes.toString(q) + ", " + Shapes.toString(k) + " and "
                + Shapes.toString(v) + ".");
    }

    /** Runs a layer's function; what the engine refuses says where the layer stands. */
    static Tensor at(Layer layer, Supplier<Tensor> function) {
        try {
            return function.get();
        } catch (IllegalArgumentException e) {
            if (!e.getMessage().startsWith("F.")) throw e;
            String what = e.getMessage().substring(e.getMessage().indexOf(':'));
            throw new IllegalArgumentException(layer.where() + what, e);
        }
    }

    static IllegalArgumentException wrong(Layer layer, String expected, Tensor x, String hint) {
        return new IllegalArgumentException(layer.where() + ": expected " + expected + ". Received x of shape "
                + Shapes.toString(x.shape()) + hint);
    }
}

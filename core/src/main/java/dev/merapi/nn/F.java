package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Layers' formulas as functions: state comes in as arguments. Unless said otherwise, they throw
 * {@link IllegalArgumentException} where shapes do not fit.
 */
public final class F {
    /** What to do about a training batch of one row. */
    static final String SINGLE = "; use larger batches, leave out a last one of a single row by Loader.dropLast() or"
            + " keep it by joinSingle(), or call eval().";

    private F() {}

    // ---- products

    /** y = x Wᵀ + b. Shapes: x (…, in), weight (out, in), bias (out) or null, to (…, out). */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        Tensor y = FewRows.suits(x, weight) ? FewRows.linear(x, weight, bias)
                : ManyRows.suits(x, weight) ? ManyRows.linear(x, weight, bias)
                : product(x, weight, bias);
        return Watches.ran(Watches.product(weight, y, y), () -> new Operation.Affine(x, weight, bias));
    }

    /** The engine's own way for {@link #linear}. */
    static Tensor product(Tensor x, Tensor weight, Tensor bias) {
        return Tensor.wrap("linear", () -> {
            try (var b = optional(bias)) {
                return torch.linear(x.unwrap(), weight.unwrap(), b);
            }
        }, x, weight, bias);
    }

    /**
     * y_k = aᵀ W_k b + bias_k. Shapes: a (…, A), b (…, B), weight (out, A, B), bias (out) or null, to (…,
     * out).
     */
    public static Tensor bilinear(Tensor a, Tensor b, Tensor weight, Tensor bias) {
        Tensor y = Tensor.call("bilinear", "", a, b, weight, bias);
        return Watches.product(weight, y, y);
    }

    /**
     * Convolution over 1, 2 or 3 axes. Shapes: x (N, in, L…), weight (out, in / groups, kernel…), bias (out)
     * or null, to (N, out, L'…). Where an image's weight is channels last, so is the result, save of groups on a CPU
     * without oneDNN.
     */
    public static Tensor conv(Tensor x, Tensor weight, Tensor bias, ConvOptions options) {
        return Convolution.of(x, weight, bias, options);
    }

    /** How many axes follow the first two. */
    static int axes(String where, Tensor t, int most) {
        int axes = t.rank() - 2;
        Expect.that(axes >= 1 && axes <= most, where, "1 to " + most + " axes after the first two",
                Shapes.toString(t.shape()));
        return axes;
    }

    /**
     * The gradient of {@link #conv} as a forward map, which makes images larger. Shapes: x (N, in, L…),
     * weight (in, out / groups, kernel…), bias (out) or null, to (N, out, L'…), where L' = (L - 1)·stride -
     * 2·padding + dilation·(kernel - 1) + outputPadding + 1.
     */
    public static Tensor convTranspose(Tensor x, Tensor weight, Tensor bias, ConvOptions options) {
        int dims = axes("F.convTranspose", weight, 3);
        Expect.that(options.mode() == PaddingMode.ZEROS && !options.padding().isEmpty(), "F.convTranspose",
                "zeros as padding, of a given size", options);
        Tensor input = dims == 2 ? Convolution.likeWeight(x, weight) : x;
        Tensor y = Tensor.call("conv_transpose" + dims + "d", dims == 1 ? "" : "input", input, weight, bias,
                Sizes.of(options.stride(), dims), Sizes.of(options.padding(), dims),
                Sizes.of(options.outputPadding(), dims), options.groups(), Sizes.of(options.dilation(), dims));
        return Watches.product(weight, x, y);
    }

    /**
     * Adds positions around the last axes.
     *
     * @param sizes before and after the last axis, then before and after the one before it, …
     */
    public static Tensor pad(Tensor x, long[] sizes, PaddingMode mode) {
        if (mode != PaddingMode.ZEROS) Inputs.padded(x, sizes, mode);
        return Tensor.call("pad", "", x, sizes, mode.torchName, null);
    }

    // ---- pooling and resampling

    /** The largest value of each window, over sequences (N, C, L) or images (N, C, H, W). */
    public static Tensor maxPool(Tensor x, List<Integer> kernel, PoolOptions options) {
        int dims = axes("F.maxPool", x, 2);
        long[] size = Sizes.of(kernel, dims);
        long[] stride = options.stride().isEmpty() ? size : Sizes.of(options.stride(), dims);
        long[] padding = Sizes.of(options.padding(), dims);
        long[] dilation = Sizes.of(options.dilation(), dims);
        boolean ceil = options.ceil();
        return Tensor.wrap("max_pool" + dims + "d", () -> dims == 1
                ? torch.max_pool1d(x.unwrap(), size, stride, padding, dilation, ceil)
                : torch.max_pool2d(x.unwrap(), size, stride, padding, dilation, ceil),
                x, size, stride, padding, dilation, ceil);
    }

    /** The largest value of each square, side by side, of images (N, C, H, W). */
    public static Tensor maxPool2d(Tensor x, int kernel) {
        return maxPool(x, Sizes.list(kernel), PoolOptions.DEFAULT);
    }

    /** The average of each window, over sequences (N, C, L) or images (N, C, H, W). */
    public static Tensor avgPool(Tensor x, List<Integer> kernel, PoolOptions options) {
        int dims = axes("F.avgPool", x, 2);
        long[] size = Sizes.of(kernel, dims);
        long[] stride = options.stride().isEmpty() ? size : Sizes.of(options.stride(), dims);
        long[] padding = Sizes.of(options.padding(), dims);
        boolean count = options.countPadding();
        boolean ceil = options.ceil();
        return Tensor.wrap("avg_pool" + dims + "d", () -> {
            try (var divisor = new LongOptional()) {
                return dims == 1 ? torch.avg_pool1d(x.unwrap(), size, stride, padding, ceil, count)
                        : torch.avg_pool2d(x.unwrap(), size, stride, padding, ceil, count, divisor);
            }
        }, x, size, stride, padding, ceil, count);
    }

    /** The average of each square, side by side, of images (N, C, H, W). */
    public static Tensor avgPool2d(Tensor x, int kernel) {
        return avgPool(x, Sizes.list(kernel), PoolOptions.DEFAULT);
    }

    /** Averages over windows of such sizes that the result is (N, C, {@code size}…). */
    public static Tensor adaptiveAvgPool(Tensor x, long... size) {
        Expect.that(size.length == axes("F.adaptiveAvgPool", x, 2), "F.adaptiveAvgPool", "a size for each axis of "
                + Shapes.toString(x.shape()) + " after the first two", Shapes.toString(size));
        if (OnMeta.is(x)) return OnMeta.result("F.adaptiveAvgPool", OnMeta.pooled(x, size), x);
        return Tensor.wrap("adaptive_avg_pool" + size.length + "d", () -> size.length == 1
                ? torch.adaptive_avg_pool1d(x.unwrap(), size) : torch.adaptive_avg_pool2d(x.unwrap(), size), x, size);
    }

    /** Largest values over windows of such sizes that the result is (N, C, {@code size}…). */
    public static Tensor adaptiveMaxPool(Tensor x, long... size) {
        Expect.that(size.length == axes("F.adaptiveMaxPool", x, 2), "F.adaptiveMaxPool", "a size for each axis of "
                + Shapes.toString(x.shape()) + " after the first two", Shapes.toString(size));
        return Tensor.call("adaptive_max_pool" + size.length + "d", "", x, size);
    }

    /** Images (N, C, H, W) to (N, C, height, width), each pixel a copy of the nearest. */
    public static Tensor upsampleNearest(Tensor x, long height, long width) {
        Inputs.resized("F.upsampleNearest", x, height, width);
        return Tensor.call("upsample_nearest2d", "", x, new long[] {height, width}, null, null);
    }

    /**
     * Images (N, C, H, W) to (N, C, height, width), linear between pixels.
     *
     * @param alignCorners whether the corner pixels' centres stay in place, rather than the image's edges
     */
    public static Tensor upsampleBilinear(Tensor x, long height, long width, boolean alignCorners) {
        Inputs.resized("F.upsampleBilinear", x, height, width);
        return Tensor.call("upsample_bilinear2d", "", x, new long[] {height, width}, alignCorners, null, null);
    }

    /** (N, C·r², H, W) to (N, C, H·r, W·r): channels become pixels. Shi et al. 2016, arXiv:1609.05158. */
    public static Tensor pixelShuffle(Tensor x, long r) {
        boolean fits = r > 0 && x.rank() >= 3 && x.size(-3) % (r * r) == 0;
        if (!fits) {
            throw Expect.error("F.pixelShuffle", "x (N, C·r², H, W) with r = " + r, Shapes.toString(x.shape()));
        }
        return Tensor.call("pixel_shuffle", "", x, r);
    }

    /** The patches under a moving window, as columns: (N, C, H, W) to (N, C·kernel, windows). */
    public static Tensor unfold(Tensor x, List<Integer> kernel, PoolOptions options) {
        long[] size = Sizes.of(kernel, 2);
        return Tensor.call("im2col", "", x, size, Sizes.of(options.dilation(), 2), Sizes.of(options.padding(), 2),
                options.stride().isEmpty() ? size : Sizes.of(options.stride(), 2));
    }

    // ---- normalisation

    /**
     * Batch normalisation over all axes but 1. In training it uses the batch's statistics and moves the
     * running ones by {@code momentum}, in place; else it uses the running ones. All but x may be null.
     */
    public static Tensor batchNorm(Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar,
            boolean training, double momentum, double eps) {
        if (training && x.rank() > 1) Inputs.several("F.batchNorm", x.numel() / x.size(1), "channel", x, SINGLE);
        Tensor y = OnMeta.is(x) ? OnMeta.result("F.batchNorm", x.shape(), x, weight, bias, runningMean, runningVar)
                : Tensor.wrap("batch_norm", () -> {
            try (var w = optional(weight); var b = optional(bias); var mean = optional(runningMean);
                    var var = optional(runningVar)) {
                return torch.batch_norm(x.unwrap(), w, b, mean, var, training, momentum, eps, true);
            }
        }, x, weight, bias, runningMean, runningVar, training, momentum, eps, true);
        return Watches.operation(weight == null ? runningMean : weight, y);
    }

    /**
     * (x - mean) / √(var + eps) · weight + bias over the last axes, of this shape; weight and bias may be
     * null.
     */
    public static Tensor layerNorm(Tensor x, long[] shape, Tensor weight, Tensor bias, double eps) {
        Tensor y = OnMeta.is(x) ? OnMeta.result("F.layerNorm", x.shape(), x, weight, bias)
                : Tensor.wrap("layer_norm", () -> {
            try (var w = optional(weight); var b = optional(bias)) {
                return torch.layer_norm(x.unwrap(), shape, w, b, eps, true);
            }
        }, x, shape, weight, bias, eps, true);
        return scaled(y, () -> layerNorm(x, shape, null, null, eps), weight, bias, false);
    }

    /** {@code y} is what {@code normalized} gives, times the weight, plus the bias; the last two may be null. */
    private static Tensor scaled(Tensor y, Supplier<Tensor> normalized, Tensor weight, Tensor bias, boolean channels) {
        if (weight == null) return y;
        return Watches.ran(Watches.operation(weight, y), () -> new Operation.Scaling(normalized, weight, bias,
                channels));
    }

    /** x / √(mean(x²) + eps) · weight over the last axis; weight (dim) or null. */
    public static Tensor rmsNorm(Tensor x, long dim, Tensor weight, double eps) {
        var shape = new long[] {dim};
        Tensor y = Tensor.wrap("rms_norm", () -> {
            try (var w = optional(weight); var e = new DoubleOptional(eps)) {
                return torch.rms_norm(x.unwrap(), shape, w, e);
            }
        }, x, shape, weight, eps);
        return scaled(y, () -> rmsNorm(x, dim, null, eps), weight, null, false);
    }

    /** As {@link #layerNorm} over groups of channels: x (N, C, …), weight and bias (C) or null. */
    public static Tensor groupNorm(Tensor x, long groups, Tensor weight, Tensor bias, double eps) {
        Inputs.several("F.groupNorm", x.numel() / Math.max(1, groups), "group", x, ".");
        Tensor y = OnMeta.is(x) ? OnMeta.result("F.groupNorm", x.shape(), x, weight, bias)
                : Tensor.call("group_norm", "", x, groups, weight, bias, eps, true);
        return scaled(y, () -> groupNorm(x, groups, null, null, eps), weight, bias, true);
    }

    /**
     * As {@link #layerNorm} over the positions of each channel: x (N, C, L…), the others (C) or null.
     *
     * @param ownStatistics whether each example's own are used, rather than the running ones
     */
    public static Tensor instanceNorm(Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar,
            boolean ownStatistics, double momentum, double eps) {
        if (ownStatistics) Inputs.several("F.instanceNorm", positions(x), "channel of an example", x, ".");
        Tensor y = Tensor.call("instance_norm", "", x, weight, bias, runningMean, runningVar, ownStatistics, momentum,
                eps, false);
        return scaled(y, () -> instanceNorm(x, null, null, runningMean, runningVar, ownStatistics, 0, eps), weight,
                bias, true);
    }

    /** The L… of x (N, C, L…), as one number. */
    static long positions(Tensor x) { return Shapes.numel(Arrays.stream(x.shape()).skip(2).toArray()); }

    /** x / (k + alpha / n · Σ x²)^beta over n neighbouring channels, of x (N, C, H, W). Krizhevsky et al. 2012. */
    public static Tensor localResponseNorm(Tensor x, int n, double alpha, double beta, double k) {
        if (x.rank() != 4) throw Expect.error("F.localResponseNorm", "x (N, C, H, W)", Shapes.toString(x.shape()));
        Expect.that(n > 0, "F.localResponseNorm", "at least one channel", n);
        Tensor square = x.square().unsqueeze(1); // (N, 1, C, H, W): pool over C
        Tensor padded = pad(square, new long[] {0, 0, 0, 0, n / 2, (n - 1) / 2}, PaddingMode.ZEROS);
        Tensor mean = Tensor.call("avg_pool3d", "", padded, new long[] {n, 1, 1}, new long[] {1, 1, 1},
                new long[] {0, 0, 0}, false, true, null);
        return x.div(mean.squeeze(1).mul(alpha).add(k).pow(beta));
    }

    /** x / max(‖x‖₂, 1e-12) along a dimension. */
    public static Tensor normalize(Tensor x, long dim) {
        return x.div(x.norm(2, new long[] {dim}, true).clamp(1e-12, null));
    }

    // ---- embeddings and dropout

    /**
     * Rows of a table. Shapes: ids (…) int64, weight (count, dim), to (…, dim).
     *
     * @param padding the id whose row gets no gradient, or -1
     */
    public static Tensor embedding(Tensor ids, Tensor weight, long padding) {
        return embedding(ids, weight, padding, false);
    }

    /**
     * As {@link #embedding(Tensor, Tensor, long)}.
     *
     * @param sparse whether the gradient of {@code weight} is sparse: the rows of {@code ids} alone
     */
    public static Tensor embedding(Tensor ids, Tensor weight, long padding, boolean sparse) {
        Inputs.paddingId("F.embedding", padding, weight.size(0));
        Tensor y = OnMeta.is(weight) ? OnMeta.result("F.embedding", OnMeta.embedded(ids, weight), weight, ids)
                : Tensor.wrap("embedding", () -> torch.embedding(weight.unwrap(), ids.unwrap(), padding, false, sparse),
                        weight, ids, padding, false, sparse);
        return Watches.ran(Watches.operation(weight, y), () -> new Operation.Lookup(ids, weight, padding));
    }

    /**
     * One vector for each bag of rows. Shapes: ids (all) int64, offsets (B) where each bag starts, weight
     * (count, dim), weights (all) or null, to (B, dim).
     *
     * @param weights of each row in its bag, with {@link EmbeddingBag.Mode#SUM} only
     * @param padding the id that is left out, or -1
     */
    public static Tensor embeddingBag(Tensor ids, Tensor offsets, Tensor weight, EmbeddingBag.Mode mode,
            Tensor weights, long padding) {
        return embeddingBag(ids, offsets, weight, mode, weights, padding, false);
    }

    /**
     * As {@link #embeddingBag(Tensor, Tensor, Tensor, EmbeddingBag.Mode, Tensor, long)}.
     *
     * @param sparse whether the gradient of {@code weight} is sparse: the rows of {@code ids} alone; not with
     *     {@link EmbeddingBag.Mode#MAX}
     */
    public static Tensor embeddingBag(Tensor ids, Tensor offsets, Tensor weight, EmbeddingBag.Mode mode,
            Tensor weights, long padding, boolean sparse) {
        Expect.that(!sparse || mode != EmbeddingBag.Mode.MAX, "F.embeddingBag",
                "sums or means where the gradient is sparse", mode);
        Inputs.paddingId("F.embeddingBag", padding, weight.size(0));
        Inputs.offsets(offsets, ids.numel());
        Tensor y = Tensor.callAll("embedding_bag", "padding_idx", weight, ids, offsets, false, mode.ordinal(), sparse,
                weights, false, padding < 0 ? null : padding)[0];
        return Watches.operation(weight, y);
    }

    /**
     * In training, zeroes each element with probability p and scales the others by 1 / (1 - p); else x
     * itself.
     */
    public static Tensor dropout(Tensor x, double p, boolean training) {
        Expect.probability("F.dropout", p);
        return training && p > 0 ? Tensor.wrap("dropout", () -> torch.dropout(x.unwrap(), p, true), x, p, true) : x;
    }

    /** As {@link #dropout(Tensor, double, boolean)}, what is dropped being drawn from a generator on x's device. */
    public static Tensor dropout(Tensor x, double p, boolean training, Rng rng) {
        Expect.probability("F.dropout", p);
        if (!training || p == 0) return x;
        if (p == 1) return x.mul(0);
        return x.mul(x.detach().emptyLike().bernoulli_(1 - p, rng).div_(1 - p)); // as the engine's own
    }

    // ---- attention

    /**
     * softmax(q kᵀ / √D + mask) v by the engine's fused kernel. Shapes: q (B, H, T, D), k (B, G, S, D), v (B,
     * G, S, E) to (B, H, T, E); with fewer groups G than heads H, head h reads group ⌊h / (H / G)⌋. A query
     * that sees no key gets 0. On a CPU, 16-bit numbers are computed in float32.
     *
     * @param dropout probability of dropping an attention weight; 0 outside training
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, Mask mask, double dropout) {
        Inputs.attention(q.shape(), k.shape(), v.shape());
        Expect.probability("F.attention", dropout);
        if (isSlowInHalves(q)) {
            try (var _ = Torch.autocast(Device.CPU, DType.FLOAT32)) {
                return attention(q.to(DType.FLOAT32), k.to(DType.FLOAT32), v.to(DType.FLOAT32), mask, dropout)
                        .to(q.dtype());
            }
        }
        long heads = q.size(1);
        long queries = q.size(2);
        long keys = k.size(2);
        boolean causal = mask.isCausalOnly() && queries == keys;
        Tensor bias = causal ? null : mask.tensor(queries, keys, q);
        boolean perHead = bias != null && bias.rank() == 4 && bias.size(1) > 1;
        if (queries == 1 && heads != k.size(1) && !perHead) {
            // The heads of a group as queries of one head: its keys are read as they are, not copied for each.
            Tensor grouped = q.squeeze(2).unflatten(1, k.size(1), heads / k.size(1)); // (B, G, H / G, D)
            return attend(grouped, k, v, bias, dropout, false).flatten(1, 2).unsqueeze(2);
        }
        return attend(q, k, v, bias, dropout, causal);
    }

    /** On a CPU the kernel multiplies 16-bit numbers one by one, many times slower than float32's. */
    private static boolean isSlowInHalves(Tensor q) {
        return q.device().equals(Device.CPU) && (q.dtype() == DType.BFLOAT16 || q.dtype() == DType.FLOAT16
                || Torch.isAutocast(Device.CPU));
    }

    private static Tensor attend(Tensor q, Tensor k, Tensor v, Tensor bias, double dropout, boolean causal) {
        boolean groups = q.size(1) != k.size(1);
        Tensor y = OnMeta.is(q) ? OnMeta.result("F.attention", OnMeta.attended(q, v), q, k, v, bias)
                : Tensor.wrap("scaled_dot_product_attention", () -> {
            try (var m = optional(bias); var scale = new DoubleOptional()) {
                return torch.scaled_dot_product_attention(q.unwrap(), k.unwrap(), v.unwrap(), m, dropout, causal,
                        scale, groups);
            }
        }, q, k, v, bias, dropout, causal, null, groups);
        return Watches.product(null, y, (q.numel() + y.numel()) * k.size(2));
    }

    /** The weights softmax(q kᵀ / √D + mask), (B, H, T, S), that {@link #attention} gives to the values. */
    public static Tensor attentionWeights(Tensor q, Tensor k, Mask mask) {
        return maskedSoftmax(scores(q, k), mask);
    }

    /**
     * Attention whose scores s = q kᵀ / √D become c · tanh(s / c) before the mask, and so stay within ±c. Shapes
     * as {@link #attention}. Gemma Team 2024, arXiv:2408.00118.
     */
    public static Tensor cappedAttention(Tensor q, Tensor k, Tensor v, Mask mask, double cap) {
        Tensor weights = maskedSoftmax(scores(q, k).div(cap).tanh().mul(cap), mask);
        return weights.matmul(forHeads(v, q));
    }

    private static Tensor scores(Tensor q, Tensor k) {
        return q.matmul(forHeads(k, q).mT()).div(Math.sqrt(q.size(-1)));
    }

    /** Keys or values (B, G, S, D) for each head, (B, H, S, D). */
    private static Tensor forHeads(Tensor groups, Tensor q) {
        return q.size(1) == groups.size(1) ? groups : groups.repeatInterleave(q.size(1) / groups.size(1), 1);
    }

    private static Tensor maskedSoftmax(Tensor scores, Mask mask) {
        Tensor bias = mask.toAdd(scores.size(2), scores.size(3), scores);
        Tensor masked = bias == null ? scores : scores.add(bias);
        return OnMeta.is(masked) ? masked : Tensor.call("_safe_softmax", "", masked, -1, null);
    }

    // ---- activations, of any shape

    /** max(0, x). */
    public static Tensor relu(Tensor x) { return x.relu(); }

    /** min(max(0, x), 6). */
    public static Tensor relu6(Tensor x) { return hardtanh(x, 0, 6); } // clamp has a slope of 1 at both ends

    /** x where positive, else slope · x. */
    public static Tensor leakyRelu(Tensor x, double slope) { return unary("leaky_relu", x, slope); }

    /** x where positive, else weight · x, with one weight or one for each channel (axis 1). */
    public static Tensor prelu(Tensor x, Tensor weight) {
        return Watches.operation(weight, Tensor.call("prelu", "", x, weight));
    }

    /** x where positive, else alpha · (eˣ - 1). Clevert et al. 2015, arXiv:1511.07289. */
    public static Tensor elu(Tensor x, double alpha) { return unary("elu", x, alpha, 1, 1); }

    /** The self-normalising ELU of Klambauer et al. 2017, arXiv:1706.02515. */
    public static Tensor selu(Tensor x) { return unary("selu", x); }

    /** max(0, x) + min(0, alpha · (e^(x / alpha) - 1)). Barron 2017, arXiv:1704.07483. */
    public static Tensor celu(Tensor x, double alpha) { return unary("celu", x, alpha); }

    /** x · Φ(x). Hendrycks and Gimpel 2016, arXiv:1606.08415. */
    public static Tensor gelu(Tensor x) { return Tensor.wrap("gelu", () -> torch.gelu(x.unwrap()), x, "none"); }

    /** The tanh approximation of {@link #gelu}, as GPT-2 uses it. */
    public static Tensor geluTanh(Tensor x) {
        return Tensor.wrap("gelu", () -> torch.gelu(x.unwrap(), "tanh"), x, "tanh");
    }

    /** x · σ(x), also called swish. Ramachandran et al. 2017, arXiv:1710.05941. */
    public static Tensor silu(Tensor x) { return unary("silu", x); }

    /** x · tanh(softplus(x)). Misra 2019, arXiv:1908.08681. */
    public static Tensor mish(Tensor x) { return unary("mish", x); }

    /** log(1 + e^(beta · x)) / beta, linear where beta · x > threshold. */
    public static Tensor softplus(Tensor x, double beta, double threshold) {
        return unary("softplus", x, beta, threshold);
    }

    /** x / (1 + |x|). */
    public static Tensor softsign(Tensor x) { return x.div(x.abs().add(1)); }

    /** log σ(x). */
    public static Tensor logSigmoid(Tensor x) { return unary("log_sigmoid", x); }

    /** min(max(low, x), high). */
    public static Tensor hardtanh(Tensor x, double low, double high) {
        Expect.that(low <= high, "F.hardtanh", "a low end up to the high one, " + high, low);
        return unary("hardtanh", x, low, high);
    }

    /** relu6(x + 3) / 6. Howard et al. 2019, arXiv:1905.02244. */
    public static Tensor hardsigmoid(Tensor x) { return unary("hardsigmoid", x); }

    /** x · hardsigmoid(x). Howard et al. 2019, arXiv:1905.02244. */
    public static Tensor hardswish(Tensor x) { return unary("hardswish", x); }

    /** x - tanh(x). */
    public static Tensor tanhshrink(Tensor x) { return x.sub(x.tanh()); }

    /** x moved by lambda towards 0, and 0 where |x| ≤ lambda. */
    public static Tensor softshrink(Tensor x, double lambda) { return unary("softshrink", x, lambda); }

    /** x, and 0 where |x| ≤ lambda. */
    public static Tensor hardshrink(Tensor x, double lambda) { return unary("hardshrink", x, lambda); }

    /** x where above the threshold, else the value. */
    public static Tensor threshold(Tensor x, double threshold, double value) {
        return unary("threshold", x, threshold, value);
    }

    /**
     * a · σ(b), where a and b are the halves of x along a dimension. Dauphin et al. 2016, arXiv:1612.08083.
     */
    public static Tensor glu(Tensor x, long dim) {
        boolean halves = x.rank() > 0 && x.size((int) dim) % 2 == 0;
        if (!halves) throw Expect.error("F.glu", "an even size along dim " + dim, Shapes.toString(x.shape()));
        return unary("glu", x, dim);
    }

    private static Tensor unary(String op, Tensor x, Number... numbers) {
        if (OnMeta.is(x) && !op.equals("glu")) return OnMeta.result("F." + op, x.shape(), x); // the engine lacks some
        var arguments = new Object[numbers.length + 1];
        arguments[0] = x;
        System.arraycopy(numbers, 0, arguments, 1, numbers.length);
        return Tensor.call(op, "", arguments);
    }

    static TensorOptional optional(Tensor t) {
        return t == null ? new TensorOptional() : new TensorOptional(t.unwrap());
    }
}

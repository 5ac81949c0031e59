package dev.merapi.compress.export;

import dev.merapi.compress.export.OnnxOperators.Writer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Products, convolutions, pooling, norms and attention. */
final class Networks {
    private Networks() {}

    static void addTo(Map<String, Writer> all) {
        all.put("linear", Networks::linear);
        all.put("matmul", call -> call.bind(call.make("MatMul", List.of(call.operand(0, call.result().type),
                call.operand(1, call.result().type)))));
        all.put("einsum", call -> call.bind(call.make("Einsum", call.values(1).stream().map(call.graph()::name)
                .toList(), "equation", call.argument(0))));
        for (int dims = 1; dims <= 3; dims++) {
            all.put("conv" + dims + "d", call -> conv(call, "Conv", 6, 5));
            all.put("conv_transpose" + dims + "d", call -> conv(call, "ConvTranspose", 6, 7));
            all.put("max_pool" + dims + "d", call -> pool(call, "MaxPool", call.integers(4), call.flag(5), true));
            all.put("avg_pool" + dims + "d", call -> pool(call, "AveragePool", null, call.flag(4), call.flag(5)));
            all.put("adaptive_avg_pool" + dims + "d", call -> adaptive(call, "GlobalAveragePool", "AveragePool"));
            all.put("adaptive_max_pool" + dims + "d", call -> adaptive(call, "GlobalMaxPool", "MaxPool"));
        }
        all.put("upsample_nearest2d", call -> resize(call, "nearest", "asymmetric", "floor"));
        all.put("upsample_bilinear2d", call -> resize(call, "linear", call.flag(2) ? "align_corners"
                : "half_pixel", "round_prefer_floor"));
        all.put("pixel_shuffle", call -> call.bind(call.make("DepthToSpace", List.of(call.name(0)), "blocksize",
                call.integer(1), "mode", "CRD")));
        all.put("batch_norm", Networks::batchNorm);
        all.put("layer_norm", Networks::layerNorm);
        all.put("rms_norm", Networks::rmsNorm);
        all.put("group_norm", Networks::groupNorm);
        all.put("scaled_dot_product_attention", Networks::attention);
    }

    private static void linear(Call call) {
        String product = call.make("MatMul", List.of(call.name(0), transposed(call, call.value(1))));
        call.bind(call.has(2) ? call.make("Add", List.of(product, call.name(2))) : product);
    }

    private static String transposed(Call call, Value weight) {
        return call.make("Transpose", List.of(call.graph().name(weight)), "perm", new long[] {1, 0});
    }

    private static void conv(Call call, String operator, int groups, int dilation) {
        long[] padding = call.integers(4);
        var inputs = new ArrayList<>(List.of(call.name(0), call.name(1)));
        if (call.has(2)) inputs.add(call.name(2));
        var attributes = new ArrayList<Object>(List.of("strides", call.integers(3), "pads", twice(padding)));
        if (operator.equals("Conv")) {
            attributes.addAll(List.of("dilations", call.integers(dilation), "group", call.integer(groups)));
        } else { // output padding stands before groups
            attributes.addAll(List.of("output_padding", call.integers(5), "group", call.integer(groups), "dilations",
                    call.integers(dilation)));
        }
        call.bind(call.make(operator, inputs, attributes.toArray()));
    }

    private static long[] twice(long[] sizes) {
        return LongStream.concat(Arrays.stream(sizes), Arrays.stream(sizes)).toArray();
    }

    /** Arguments: kernel, stride, padding. */
    private static void pool(Call call, String operator, long[] dilation, boolean ceil, boolean countPadding) {
        long[] kernel = call.integers(1);
        long[] stride = call.has(2) && call.sizes(2).length > 0 ? call.integers(2) : kernel;
        var attributes = new ArrayList<Object>(List.of("kernel_shape", kernel, "strides", stride, "pads",
                twice(call.integers(3)), "ceil_mode", ceil));
        if (dilation != null) attributes.addAll(List.of("dilations", dilation));
        else attributes.addAll(List.of("count_include_pad", countPadding));
        call.bind(call.make(operator, List.of(call.name(0)), attributes.toArray()));
    }

    private static void adaptive(Call call, String global, String windowed) {
        long[] target = call.integers(1);
        if (Arrays.stream(target).allMatch(size -> size == 1)) {
            call.bind(call.make(global, List.of(call.name(0))));
            return;
        }
        var sizes = new long[target.length];
        for (int i = 0; i < target.length; i++) {
            Size size = call.value(0).size(i + 2);
            if (!size.isFixed()) throw call.wrong("an input of fixed size", size);
            sizes[i] = size.offset();
        }
        boolean even = IntStream.range(0, target.length).allMatch(i -> sizes[i] % target[i] == 0);
        if (even) {
            long[] kernel = IntStream.range(0, target.length).mapToLong(i -> sizes[i] / target[i]).toArray();
            call.bind(call.make(windowed, List.of(call.name(0)), "kernel_shape", kernel, "strides", kernel));
            return;
        }
        if (!windowed.equals("AveragePool")) {
            throw call.wrong("an input that is a multiple of " + Arrays.toString(target), Arrays.toString(sizes));
        }
        // windows of several sizes: along each axis a product with what each place gives to each mean
        String y = call.make("MatMul", List.of(call.name(0), shares(call, sizes[sizes.length - 1],
                target[sizes.length - 1], true)));
        call.bind(sizes.length == 1 ? y : call.make("MatMul", List.of(shares(call, sizes[0], target[0], false), y)));
    }

    /** What each of {@code size} places gives to each of {@code target} means: (target, size), or turned. */
    private static String shares(Call call, long size, long target, boolean turned) {
        var shares = new float[(int) (size * target)];
        for (int i = 0; i < target; i++) {
            long from = i * size / target, to = Math.ceilDiv((i + 1) * size, target);
            for (long k = from; k < to; k++) shares[(int) (turned ? k * target + i : i * size + k)] = 1f / (to - from);
        }
        try (var _ = Scope.open()) {
            return call.graph().initializer("shares", turned ? Tensor.of(shares, size, target)
                    : Tensor.of(shares, target, size));
        }
    }

    private static void resize(Call call, String mode, String coordinates, String nearest) {
        call.bind(call.make("Resize", List.of(call.name(0), "", "",
                call.graph().sizes(call.result().shape.toArray(Size[]::new))), "mode", mode,
                "coordinate_transformation_mode", coordinates, "nearest_mode", nearest));
    }

    /** Arguments: x, weight, bias, mean, variance, training, momentum, eps. */
    private static void batchNorm(Call call) {
        if (call.flag(5)) throw call.wrong("evaluation mode", "training");
        Value x = call.value(0), mean = call.value(3);
        String weight = call.has(1) ? call.name(1) : filled(call, mean, 1);
        String bias = call.has(2) ? call.name(2) : filled(call, mean, 0);
        call.bind(call.make("BatchNormalization", List.of(call.name(0), weight, bias, call.name(3), call.name(4)),
                "epsilon", call.number(7)));
    }

    private static String filled(Call call, Value like, int number) {
        return call.make("Expand", List.of(call.graph().scalar(number, like.type),
                call.graph().sizes(like.shape.toArray(Size[]::new))));
    }

    /** Arguments: x, shape, weight, bias, eps. */
    private static void layerNorm(Call call) {
        int axis = call.value(0).rank() - call.sizes(1).length;
        String weight = call.has(2) ? call.name(2) : call.make("Expand", List.of(
                call.graph().scalar(1, call.result().type), call.graph().sizes(call.sizes(1))));
        var inputs = new ArrayList<>(List.of(call.name(0), weight));
        if (call.has(3)) inputs.add(call.name(3));
        call.bind(call.make("LayerNormalization", inputs, "axis", axis, "epsilon", call.number(4)));
    }

    /** Arguments: x, shape, weight, eps. */
    private static void rmsNorm(Call call) {
        DType type = call.result().type;
        String x = call.name(0);
        String mean = call.make("ReduceMean", List.of(call.make("Mul", List.of(x, x))), "axes", new long[] {-1});
        String length = call.make("Sqrt", List.of(call.make("Add", List.of(mean,
                call.graph().scalar(call.number(3), type)))));
        String y = call.make("Div", List.of(x, length));
        call.bind(call.has(2) ? call.make("Mul", List.of(y, call.name(2))) : y);
    }

    /** Arguments: x, groups, weight, bias, eps. As the norm of (N, groups, rest). */
    private static void groupNorm(Call call) {
        Value x = call.value(0);
        long groups = call.integer(1);
        String grouped = call.make("Reshape", List.of(call.name(0), call.graph().longs(0, groups, -1)));
        var each = new Value(call.result().type, List.of(Size.of(groups)));
        String ones = filled(call, each, 1), zeros = filled(call, each, 0);
        String normed = call.make("InstanceNormalization", List.of(grouped, ones, zeros), "epsilon", call.number(4));
        String y = Shaping.reshape(call, normed, x.shape);
        long[] behind = LongStream.range(1, x.rank() - 1).toArray();
        if (call.has(2)) y = call.make("Mul", List.of(y, channels(call, 2, behind)));
        call.bind(call.has(3) ? call.make("Add", List.of(y, channels(call, 3, behind))) : y);
    }

    private static String channels(Call call, int argument, long[] behind) {
        return behind.length == 0 ? call.name(argument)
                : call.make("Unsqueeze", List.of(call.name(argument), call.graph().longs(behind)));
    }

    /** Arguments: q, k, v, mask, dropout, causal, scale, grouped. */
    private static void attention(Call call) {
        Value q = call.value(0), k = call.value(1);
        DType type = call.result().type;
        String keys = heads(call, 1, q), values = heads(call, 2, q);
        double scale = call.number(6, 1 / Math.sqrt(q.size(-1).offset()));
        String turned = call.make("Transpose", List.of(keys), "perm", new long[] {0, 1, 3, 2});
        String scores = call.make("Mul", List.of(call.make("MatMul", List.of(call.name(0), turned)),
                call.graph().scalar(scale, type)));
        if (call.has(3)) scores = masked(call, scores, call.value(3), call.name(3));
        if (call.flag(5)) {
            String ones = call.make("Expand", List.of(call.graph().scalar(1, DType.INT32),
                    call.graph().sizes(q.size(2), k.size(2))));
            String seen = call.graph().cast(call.make("Trilu", List.of(ones), "upper", 0), DType.INT32, DType.BOOL);
            scores = call.make("Where", List.of(seen, scores, lowest(call)));
        }
        String weights = call.make("Softmax", List.of(scores), "axis", -1);
        call.bind(call.make("MatMul", List.of(weights, values)));
    }

    private static String masked(Call call, String scores, Value mask, String name) {
        return mask.type == DType.BOOL ? call.make("Where", List.of(name, scores, lowest(call)))
                : call.make("Add", List.of(scores, name));
    }

    /** Not -∞, for a row of that alone would be NaN. */
    private static String lowest(Call call) { return call.graph().scalar(-1e30, call.result().type); }

    /** Keys or values (B, G, S, D) for each head of q (B, H, T, D). */
    private static String heads(Call call, int argument, Value q) {
        Value x = call.value(argument);
        long heads = q.size(1).offset(), groups = x.size(1).offset(), each = heads / groups;
        if (each == 1) return call.name(argument);
        String apart = call.make("Unsqueeze", List.of(call.name(argument), call.graph().longs(2)));
        String repeated = call.make("Tile", List.of(apart, call.graph().longs(1, 1, each, 1, 1)));
        return call.make("Reshape", List.of(repeated, call.graph().longs(0, heads, -1, x.size(3).offset())));
    }
}

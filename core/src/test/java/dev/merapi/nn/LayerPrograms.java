package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Our side of each program in {@code goldens/layers.safetensors}. */
final class LayerPrograms {
    /** A layer, or null, and what is computed with it from the inputs. */
    record Program(Supplier<Layer> layer, BiFunction<Layer, Tensor[], List<Tensor>> forward) {}

    private final Map<String, Program> programs = new LinkedHashMap<>();

    private LayerPrograms() {}

    static Map<String, Program> all() {
        var all = new LayerPrograms();
        all.linear();
        all.convolution();
        all.pooling();
        all.resampling();
        all.norm();
        all.embedding();
        all.activation();
        all.recurrent();
        all.attention();
        all.transformer();
        return all.programs;
    }

    private void function(String name, UnaryOperator<Tensor> f) {
        programs.put(name, new Program(() -> null, (_, x) -> List.of(f.apply(x[0]))));
    }

    private void inputs(String name, Function<Tensor[], Tensor> f) {
        programs.put(name, new Program(() -> null, (_, x) -> List.of(f.apply(x))));
    }

    private <L extends Layer & Unary> void layer(String name, Supplier<L> make) {
        layer(name, make, (layer, x) -> List.of(layer.forward(x[0])));
    }

    @SuppressWarnings("unchecked")
    private <L extends Layer> void layer(String name, Supplier<L> make, BiFunction<L, Tensor[], List<Tensor>> forward) {
        programs.put(name, new Program(make::get, (layer, x) -> forward.apply((L) layer, x)));
    }

    private static <L extends Layer> L evaluating(L layer) {
        layer.eval();
        return layer;
    }

    private void linear() {
        layer("linear", () -> new Linear(5, 7));
        layer("linear_no_bias", () -> new Linear(5, 7, false));
        layer("linear_3d", () -> new Linear(5, 7));
        layer("bilinear", () -> new Bilinear(3, 5, 2), (m, x) -> List.of(m.forward(x[0], x[1])));
    }

    private void convolution() {
        var o = ConvOptions.DEFAULT;
        layer("conv1d", () -> new Conv1d(3, 4, 3));
        layer("conv1d_stride_padding", () -> new Conv1d(3, 4, 3, 2, 1));
        layer("conv1d_dilation_no_bias", () -> new Conv1d(3, 4, 3, o.dilation(2).noBias()));
        layer("conv1d_same", () -> new Conv1d(3, 4, 4, ConvOptions.SAME));
        layer("conv2d", () -> new Conv2d(3, 4, 3));
        layer("conv2d_stride_padding", () -> new Conv2d(3, 4, 3, 2, o.stride(2, 1).padding(1, 0)));
        layer("conv2d_groups", () -> new Conv2d(4, 6, 3, o.padding(1).groups(2)));
        layer("conv2d_depthwise", () -> new Conv2d(4, 4, 3, o.padding(1).groups(4).noBias()));
        layer("conv2d_dilation", () -> new Conv2d(2, 3, 3, o.dilation(2)));
        layer("conv2d_same", () -> new Conv2d(2, 3, 4, 3, ConvOptions.SAME.dilation(1, 2)));
        for (var mode : List.of(PaddingMode.REFLECT, PaddingMode.REPLICATE, PaddingMode.CIRCULAR)) {
            layer("conv2d_" + mode.name().toLowerCase(), () -> new Conv2d(2, 3, 3, o.padding(1).mode(mode)));
        }
        layer("conv3d", () -> new Conv3d(2, 3, 2, o.stride(1, 2, 1).padding(0, 1, 0)));
        layer("conv_transpose1d", () -> new ConvTranspose1d(3, 2, 4, 2, 1));
        layer("conv_transpose2d", () -> new ConvTranspose2d(3, 2, 3));
        layer("conv_transpose2d_stride",
                () -> new ConvTranspose2d(3, 2, 3, o.stride(2).padding(1).outputPadding(1)));
        layer("conv_transpose2d_groups", () -> new ConvTranspose2d(4, 6, 3, o.groups(2).dilation(2).noBias()));
    }

    private void pooling() {
        var o = PoolOptions.DEFAULT;
        layer("max_pool1d", () -> new MaxPool1d(2));
        layer("max_pool1d_ceil", () -> new MaxPool1d(3, o.stride(2).padding(1).ceil(true)));
        layer("max_pool2d", () -> new MaxPool2d(2));
        layer("max_pool2d_padding", () -> new MaxPool2d(3, 2, 1));
        layer("max_pool2d_ceil", () -> new MaxPool2d(3, 2, o.stride(2).ceil(true)));
        layer("max_pool2d_dilation", () -> new MaxPool2d(2, o.stride(1).dilation(2)));
        layer("avg_pool1d", () -> new AvgPool1d(3, 2, 1));
        layer("avg_pool2d", () -> new AvgPool2d(2));
        layer("avg_pool2d_padding", () -> new AvgPool2d(3, 2, 1));
        layer("avg_pool2d_exclude_pad", () -> new AvgPool2d(3, o.stride(2).padding(1).countPadding(false)));
        layer("avg_pool2d_ceil", () -> new AvgPool2d(3, o.stride(2).ceil(true)));
        layer("adaptive_avg_pool1d", () -> new AdaptiveAvgPool1d(3));
        layer("adaptive_avg_pool2d", () -> new AdaptiveAvgPool2d(3, 2));
        layer("adaptive_avg_pool2d_global", () -> new AdaptiveAvgPool2d(1));
        layer("adaptive_max_pool1d", () -> new AdaptiveMaxPool1d(3));
        layer("adaptive_max_pool2d", () -> new AdaptiveMaxPool2d(3, 2));
    }

    private void resampling() {
        function("upsample_nearest", x -> F.upsampleNearest(x, 6, 8));
        function("upsample_bilinear", x -> F.upsampleBilinear(x, 5, 7, false));
        function("upsample_bilinear_corners", x -> F.upsampleBilinear(x, 5, 7, true));
        function("pixel_shuffle", x -> F.pixelShuffle(x, 2));
        function("unfold", x -> F.unfold(x, List.of(2, 3), PoolOptions.DEFAULT.padding(1).stride(2)));
    }

    private void norm() {
        layer("batch_norm1d_train", () -> new BatchNorm1d(5));
        layer("batch_norm1d_eval", () -> evaluating(new BatchNorm1d(5)));
        layer("batch_norm1d_sequence", () -> new BatchNorm1d(5, 1e-3, 0.3, true));
        layer("batch_norm2d_train", () -> new BatchNorm2d(3));
        layer("batch_norm2d_eval", () -> evaluating(new BatchNorm2d(3)));
        layer("batch_norm2d_not_affine", () -> new BatchNorm2d(3, 1e-5, 0.1, false));
        layer("batch_norm3d_train", () -> new BatchNorm3d(3));
        layer("layer_norm", () -> new LayerNorm(6));
        layer("layer_norm_2_axes", () -> new LayerNorm(new long[] {3, 4}, 1e-3, true));
        layer("layer_norm_not_affine", () -> new LayerNorm(new long[] {6}, 1e-5, false));
        layer("rms_norm", () -> new RmsNorm(6));
        layer("rms_norm_eps", () -> new RmsNorm(6, 1e-2));
        layer("group_norm", () -> new GroupNorm(2, 6));
        layer("instance_norm2d", () -> new InstanceNorm(3, 1e-5, 0.1, true, false));
        layer("instance_norm2d_running", () -> new InstanceNorm(3, 1e-5, 0.1, true, true));
        function("local_response_norm", x -> F.localResponseNorm(x, 3, 0.1, 0.75, 1));
        function("normalize", x -> F.normalize(x, -1));
    }

    private void embedding() {
        layer("embedding", () -> new Embedding(7, 5));
        layer("embedding_padding", () -> new Embedding(7, 5, 0));
        for (var mode : EmbeddingBag.Mode.values()) {
            layer("embedding_bag_" + mode.name().toLowerCase(), () -> new EmbeddingBag(7, 5, mode),
                    (m, x) -> List.of(m.forward(x[0], x[1])));
        }
        layer("embedding_bag_weighted", () -> new EmbeddingBag(7, 5, EmbeddingBag.Mode.SUM),
                (m, x) -> List.of(m.forward(x[0], x[1], x[2])));
        layer("embedding_bag_padding", () -> new EmbeddingBag(7, 5, EmbeddingBag.Mode.MEAN, 0));
    }

    private void activation() {
        for (var a : List.of(Activation.RELU, Activation.RELU6, Activation.ELU, Activation.SELU, Activation.CELU,
                Activation.GELU, Activation.SILU, Activation.MISH, Activation.HARDSIGMOID, Activation.HARDTANH,
                Activation.HARDSWISH, Activation.SOFTPLUS, Activation.SOFTSIGN, Activation.TANHSHRINK,
                Activation.SOFTSHRINK, Activation.HARDSHRINK, Activation.LEAKY_RELU, Activation.SIGMOID,
                Activation.TANH, Activation.GELU_TANH, Activation.SOFTMAX, Activation.LOG_SOFTMAX)) {
            function(a.name().toLowerCase(), a::forward);
        }
        layer("relu", Relu::new);
        function("logsigmoid", Activation.LOG_SIGMOID::forward);
        function("leaky_relu_slope", x -> F.leakyRelu(x, 0.2));
        function("elu_alpha", x -> F.elu(x, 0.7));
        function("celu_alpha", x -> F.celu(x, 0.7));
        function("softplus_beta", x -> F.softplus(x, 2, 5));
        function("hardtanh_range", x -> F.hardtanh(x, -2, 0.5));
        function("threshold", x -> F.threshold(x, 0.1, 20));
        function("softmax_dim1", x -> x.softmax(1));
        function("glu", x -> F.glu(x, -1));
        layer("prelu", () -> new PRelu());
        layer("prelu_channels", () -> new PRelu(3));
    }

    private void recurrent() {
        recurrent("rnn_tanh", o -> new Rnn(3, 4, o), LayerPrograms::rnn);
        recurrent("rnn_relu", o -> new Rnn(3, 4, o, Activation.RELU), LayerPrograms::rnn);
        recurrent("gru", o -> new Gru(3, 4, o), LayerPrograms::gru);
        recurrent("lstm", o -> new Lstm(3, 4, o), LayerPrograms::lstm);
        layer("rnn_cell", () -> new RnnCell(3, 4), (m, x) -> List.of(m.forward(x[0], x[1])));
        layer("gru_cell", () -> new GruCell(3, 4), (m, x) -> List.of(m.forward(x[0], x[1])));
        layer("lstm_cell", () -> new LstmCell(3, 4), (m, x) -> {
            var next = m.forward(x[0], x[1], x[2]);
            return List.of(next.h(), next.c());
        });
    }

    private <L extends Recurrent> void recurrent(String kind, Function<RnnOptions, L> make,
            BiFunction<L, Tensor[], List<Tensor>> forward) {
        var o = RnnOptions.DEFAULT;
        var time = o.timeMajor(true);
        layer(kind + "_1_layer", () -> make.apply(time), forward);
        layer(kind + "_2_layers", () -> make.apply(time.layers(2)), forward);
        layer(kind + "_no_bias", () -> make.apply(time.noBias()), forward);
        layer(kind + "_bidirectional", () -> make.apply(time.bidirectional(true)), forward);
        layer(kind + "_2_layers_bidirectional", () -> make.apply(time.layers(2).bidirectional(true)), forward);
        layer(kind + "_batch_first", () -> make.apply(o), forward);
        layer(kind + "_zero_state", () -> make.apply(o), forward);
        layer(kind + "_lengths", () -> make.apply(o.layers(2).bidirectional(true)), forward);
    }

    private static List<Tensor> rnn(Rnn m, Tensor[] x) { return list(m.forward(x[0], at(x, 1), at(x, 2))); }

    private static List<Tensor> gru(Gru m, Tensor[] x) { return list(m.forward(x[0], at(x, 1), at(x, 2))); }

    private static List<Tensor> lstm(Lstm m, Tensor[] x) {
        var out = m.forward(x[0], at(x, 1), at(x, 2), at(x, 3));
        return List.of(out.y(), out.h(), out.c());
    }

    private static List<Tensor> list(Recurrent.Output out) { return List.of(out.y(), out.h()); }

    private static Tensor at(Tensor[] x, int i) { return i < x.length ? x[i] : null; }

    private void attention() {
        Supplier<MultiHeadAttention> mha = () -> new MultiHeadAttention(8, 2);
        layer("mha", mha);
        layer("mha_no_bias", () -> new MultiHeadAttention(8, 2, AttentionOptions.DEFAULT.noBias()));
        layer("mha_weights", mha, (m, x) -> {
            var attended = m.forwardWithWeights(x[0], x[0], x[0], Mask.NONE);
            return List.of(attended.y(), attended.weights());
        });
        layer("mha_causal", mha, (m, x) -> List.of(m.forward(x[0], Mask.hidden(x[1]))));
        layer("mha_padding", mha, (m, x) -> List.of(m.forward(x[0], Mask.padding(x[1]))));
        layer("mha_causal_padding", mha,
                (m, x) -> List.of(m.forward(x[0], Mask.hidden(x[1]).and(Mask.padding(x[2])))));
        layer("mha_additive", mha, (m, x) -> List.of(m.forward(x[0], Mask.additive(x[1]))));
        layer("mha_cross", mha, (m, x) -> List.of(m.forward(x[0], x[1], x[2], Mask.NONE)));
        layer("mha_cross_dims", () -> new MultiHeadAttention(8, 2, AttentionOptions.DEFAULT.from(6, 4)),
                (m, x) -> List.of(m.forward(x[0], x[1], x[2], Mask.NONE)));
        inputs("sdpa", x -> F.attention(x[0], x[1], x[2], Mask.NONE, 0));
        inputs("sdpa_causal", x -> F.attention(x[0], x[1], x[2], Mask.causal(), 0));
        inputs("sdpa_grouped", x -> F.attention(x[0], x[1], x[2], Mask.causal(), 0));
        layer("gqa", () -> new GroupedQueryAttention(16, 4, 2));
        layer("gqa_rotary", () -> new GroupedQueryAttention(16, 4, 2, false, Rotary.HALVES));
        layer("mqa", () -> new GroupedQueryAttention(16, 4, 1));
        inputs("sinusoidal", _ -> SinusoidalPositions.table(12, 8));
        function("rotary_interleaved", x -> Rotary.INTERLEAVED.rotate(x, 0));
        function("rotary_half", x -> Rotary.HALVES.rotate(x, 0));
        function("rotary_interleaved_start", x -> new Rotary(500_000, true).rotate(x, 3));
        function("rotary_half_start", x -> new Rotary(500_000, false).rotate(x, 3));
    }

    private void transformer() {
        for (var order : List.of("post", "pre")) {
            var o = TransformerOptions.DEFAULT.dropout(0).preNorm(order.equals("pre"));
            Supplier<TransformerEncoderLayer> encoder = () -> new TransformerEncoderLayer(8, 2, 16, o);
            Supplier<TransformerDecoderLayer> decoder = () -> new TransformerDecoderLayer(8, 2, 16, o);
            layer("encoder_layer_" + order + "_relu", encoder);
            layer("encoder_layer_" + order + "_gelu",
                    () -> new TransformerEncoderLayer(8, 2, 16, o.activation(Activation.GELU)));
            layer("encoder_layer_" + order + "_masked", encoder,
                    (m, x) -> List.of(m.forward(x[0], Mask.causal().and(Mask.padding(x[2])))));
            layer("decoder_layer_" + order, decoder, (m, x) -> List.of(m.forward(x[0], x[1])));
            layer("decoder_layer_" + order + "_padding", decoder,
                    (m, x) -> List.of(m.forward(x[0], x[1], Mask.hidden(x[2]), Mask.padding(x[3]))));
        }
        var o = TransformerOptions.DEFAULT.dropout(0);
        layer("encoder", () -> new TransformerEncoder(2, 8, 2, 16, o),
                (m, x) -> List.of(m.forward(x[0], Mask.padding(x[1]))));
        layer("encoder_pre_final_norm", () -> new TransformerEncoder(2, 8, 2, 16, o.preNorm(true)));
    }
}

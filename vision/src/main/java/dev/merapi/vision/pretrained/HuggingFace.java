package dev.merapi.vision.pretrained;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.model.ConvNeXt;
import dev.merapi.vision.model.EfficientNet;
import dev.merapi.vision.model.MobileNetV1;
import dev.merapi.vision.model.MobileNetV2;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.model.VisionTransformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Networks as the {@code config.json} of Hugging Face's transformers describes them. What cannot be done here, such as
 * another activation, is refused by its key.
 */
final class HuggingFace {
    static final Set<String> TYPES = new TreeSet<>(Set.of("resnet", "vit", "deit", "convnext", "mobilenet_v1",
            "mobilenet_v2", "efficientnet"));

    private final Map<String, Object> config;

    private HuggingFace(Map<String, Object> config) { this.config = config; }

    static IntFunction<Backbone> network(String type, Map<String, Object> config) {
        var c = new HuggingFace(config);
        c.expect("num_channels", 3);
        return switch (type) {
            case "resnet" -> c.resnet();
            case "convnext" -> c.convNeXt();
            case "mobilenet_v1" -> c.mobileNetV1();
            case "mobilenet_v2" -> c.mobileNetV2();
            case "efficientnet" -> c.efficientNet();
            default -> c.transformer();
        };
    }

    private IntFunction<Backbone> resnet() {
        expect("hidden_act", "relu");
        expect("downsample_in_first_stage", false);
        expect("downsample_in_bottleneck", false);
        boolean bottleneck = text("layer_type", "bottleneck").equals("bottleneck");
        var widths = integers("hidden_sizes", List.of(256, 512, 1024, 2048));
        int width = integer("embedding_size", 64);
        expectDoubling(widths, bottleneck ? 4 * width : width);
        var like = bottleneck ? ResNet.Config.RESNET50 : ResNet.Config.RESNET18;
        var resnet = new ResNet.Config(bottleneck, integers("depths", List.of(3, 4, 6, 3)), width, like.smallImages(),
                like.plainShortcuts(), like.outputStride());
        return classes -> new ResNet(resnet, classes);
    }

    private IntFunction<Backbone> convNeXt() {
        expect("hidden_act", "gelu");
        expect("patch_size", 4);
        var widths = integers("hidden_sizes", List.of(96, 192, 384, 768));
        expectDoubling(widths, widths.getFirst());
        var convNeXt = new ConvNeXt.Config(integers("depths", List.of(3, 3, 9, 3)), widths.getFirst(),
                number("drop_path_rate", 0));
        return classes -> new ConvNeXt(convNeXt, classes);
    }

    private IntFunction<Backbone> transformer() {
        expect("hidden_act", "gelu");
        expect("qkv_bias", true);
        var vit = new VisionTransformer.Config(integer("image_size", 224), integer("patch_size", 16),
                integer("hidden_size", 768), integer("num_hidden_layers", 12), integer("num_attention_heads", 12),
                integer("intermediate_size", 3072), number("hidden_dropout_prob", 0));
        return classes -> new VisionTransformer(vit, classes);
    }

    private IntFunction<Backbone> mobileNetV1() {
        expectTensorflow();
        expect("min_depth", 8);
        var mobileNet = new MobileNetV1.Config(number("depth_multiplier", 1), dropout(), 32);
        return classes -> new MobileNetV1(mobileNet, classes);
    }

    private IntFunction<Backbone> mobileNetV2() {
        expectTensorflow();
        expect("min_depth", 8);
        expect("depth_divisible_by", 8);
        expectNumber("expand_ratio", 6);
        expect("first_layer_is_expansion", true);
        expect("finegrained_output", true);
        var mobileNet = new MobileNetV2.Config(number("depth_multiplier", 1), dropout(),
                integer("output_stride", 32), true);
        return classes -> new MobileNetV2(mobileNet, classes);
    }

    private void expectTensorflow() {
        expect("hidden_act", "relu6");
        expect("tf_padding", true);
        expectNumber("layer_norm_eps", 1e-3);
    }

    /** Their default, 0.8 or 0.999, was meant as what is kept. */
    private double dropout() {
        double p = number("classifier_dropout_prob", 0);
        return p < 0.5 ? p : 1 - p;
    }

    private IntFunction<Backbone> efficientNet() {
        expect("hidden_act", "swish");
        expect("pooling_type", "mean");
        expectNumber("squeeze_expansion_ratio", 0.25);
        expectNumber("batch_norm_eps", 1e-3);
        var strides = integers("strides", List.of(1, 2, 2, 2, 1, 2, 1));
        var kernels = integers("kernel_sizes", List.of(3, 3, 5, 3, 5, 5, 3));
        var wider = integers("expand_ratios", List.of(1, 6, 6, 6, 6, 6, 6));
        var in = integers("in_channels", List.of(32, 16, 24, 40, 80, 112, 192));
        var out = integers("out_channels", List.of(16, 24, 40, 80, 112, 192, 320));
        var blocks = blocks(config);
        for (var list : List.of(kernels, wider, in, out, blocks)) {
            Expect.that(list.size() == strides.size(), "kernel_sizes, expand_ratios, in_channels, out_channels,"
                    + " num_block_repeats", "as many numbers as strides, " + strides.size(), list);
        }
        Expect.that(in.subList(1, in.size()).equals(out.subList(0, out.size() - 1)), "in_channels",
                "out_channels of the stage before", in);
        var rows = new ArrayList<EfficientNet.Row>();
        for (int i = 0; i < strides.size(); i++) {
            rows.add(new EfficientNet.Row(wider.get(i), kernels.get(i), strides.get(i), channels(out.get(i)),
                    blocks.get(i)));
            // there the first block of a stage never skips itself
            Expect.that(strides.get(i) > 1 || channels(in.get(i)) != channels(out.get(i)), "out_channels",
                    "others than in_channels where the stride is 1", out);
        }
        expectPadding(strides, blocks);
        var efficientNet = new EfficientNet.Config(rows, channels(32), channels(1280), number("dropout_rate", 0.5),
                number("drop_connect_rate", 0.2), 32, true);
        return classes -> new EfficientNet(efficientNet, classes);
    }

    /** A multiple of the divisor, not less than nine tenths. */
    private int channels(int usual) {
        int divisor = integer("depth_divisor", 8);
        double wanted = usual * number("width_coefficient", 2);
        int rounded = Math.max(divisor, (int) (wanted + divisor / 2.0) / divisor * divisor);
        return rounded < 0.9 * wanted ? rounded + divisor : rounded;
    }

    /** In each stage of an EfficientNet. */
    static List<Integer> blocks(Map<String, Object> config) {
        var c = new HuggingFace(config);
        double deeper = c.number("depth_coefficient", 3.1);
        return c.integers("num_block_repeats", List.of(1, 2, 2, 3, 3, 4, 1)).stream()
                .map(n -> (int) Math.ceil(deeper * n)).toList();
    }

    /** Which blocks are padded alike on both sides follows from the sizes of maps: those that shrink odd ones. */
    private void expectPadding(List<Integer> strides, List<Integer> blocks) {
        int side = integer("image_size", 600), block = 0;
        var alike = new ArrayList<Integer>();
        side = (side + 1) / 2;
        for (int i = 0; i < strides.size(); i++) {
            if (strides.get(i) == 2 && side % 2 == 1) alike.add(block);
            side = Math.ceilDiv(side, strides.get(i));
            block += blocks.get(i);
        }
        Object given = config.getOrDefault("depthwise_padding", alike);
        Expect.that(alike.equals(given), "depthwise_padding", "what follows from image_size, " + alike, given);
    }

    private static void expectDoubling(List<Integer> widths, int first) {
        var doubling = IntStream.range(0, widths.size()).mapToObj(i -> first << i).toList();
        Expect.that(widths.equals(doubling), "hidden_sizes", "widths that double, " + doubling, widths);
    }

    private void expect(String key, Object value) {
        Object actual = config.getOrDefault(key, value);
        Expect.that(value.equals(actual), key, value.toString(), actual);
    }

    private void expectNumber(String key, double value) {
        Expect.that(number(key, value) == value, key, "" + value, config.get(key));
    }

    private String text(String key, String usual) {
        Object value = config.getOrDefault(key, usual);
        if (value instanceof String text) return text;
        throw Expect.error(key, "a text", value);
    }

    private int integer(String key, int usual) { return integer(key, config.getOrDefault(key, usual)); }

    private static int integer(String key, Object value) {
        if (value instanceof Integer integer && integer >= 1) return integer;
        throw Expect.error(key, "an integer of at least 1", value);
    }

    private double number(String key, double usual) {
        Object value = config.getOrDefault(key, usual);
        if (value instanceof Number number) return number.doubleValue();
        throw Expect.error(key, "a number", value);
    }

    private List<Integer> integers(String key, List<Integer> usual) {
        Object value = config.getOrDefault(key, usual);
        if (!(value instanceof List<?> list) || list.isEmpty()) throw Expect.error(key, "a list of integers", value);
        var integers = new ArrayList<Integer>();
        for (Object one : list) integers.add(integer(key, one));
        return integers;
    }
}

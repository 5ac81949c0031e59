package dev.merapi.vision.pretrained;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.model.ConvNeXt;
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
 * another activation, is refused by its key. MobileNet and EfficientNet are not among them: theirs pad as TensorFlow
 * does.
 */
final class HuggingFace {
    static final Set<String> TYPES = new TreeSet<>(Set.of("resnet", "vit", "deit", "convnext"));

    private final Map<String, Object> config;

    private HuggingFace(Map<String, Object> config) { this.config = config; }

    static IntFunction<Backbone> network(String type, Map<String, Object> config) {
        var c = new HuggingFace(config);
        c.expect("num_channels", 3);
        return switch (type) {
            case "resnet" -> c.resnet();
            case "convnext" -> c.convNeXt();
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

    private static void expectDoubling(List<Integer> widths, int first) {
        var doubling = IntStream.range(0, widths.size()).mapToObj(i -> first << i).toList();
        Expect.that(widths.equals(doubling), "hidden_sizes", "widths that double, " + doubling, widths);
    }

    private void expect(String key, Object value) {
        Object actual = config.getOrDefault(key, value);
        Expect.that(value.equals(actual), key, value.toString(), actual);
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

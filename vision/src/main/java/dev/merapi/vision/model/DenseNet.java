package dev.merapi.vision.model;

import dev.merapi.nn.AvgPool2d;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks in which each layer sees the results of all before it, with torchvision's parameter names (Huang et al. 2016,
 * "Densely Connected Convolutional Networks", arXiv:1608.06993). RGB (N, 3, H, W) to logits (N, classes).
 */
public final class DenseNet extends Backbone {
    /**
     * @param layers in each block
     * @param growth channels that each layer adds
     * @param stem channels before the first block
     */
    public record Config(List<Integer> layers, int growth, int stem) {
        public static final Config DENSENET121 = new Config(List.of(6, 12, 24, 16), 32, 64);

        public Config {
            layers = List.copyOf(layers);
            Expect.that(!layers.isEmpty() && layers.stream().allMatch(n -> n >= 1), "DenseNet.Config.layers",
                    "blocks of at least one", layers);
            Expect.atLeast("DenseNet.Config.growth", 1, growth);
            Expect.atLeast("DenseNet.Config.stem", 1, stem);
        }
    }

    private static final int BOTTLENECK = 4; // times the growth, before a layer's 3x3 convolution

    final Map<String, Unary> features = new LinkedHashMap<>();
    Unary classifier;
    private final List<Level> levels = new ArrayList<>();

    /** For images of 3 channels; weights are random. */
    public DenseNet(Config config, int classes) {
        features.put("conv0", conv(3, config.stem, 7, 2));
        features.put("norm0", new BatchNorm2d(config.stem));
        features.put("pool0", new MaxPool2d(3, 2, 1));
        levels.add(new Level(config.stem, 2));
        int channels = config.stem, blocks = config.layers.size();
        for (int i = 1; i <= blocks; i++) {
            int count = config.layers.get(i - 1);
            features.put("denseblock" + i, new Block(channels, count, config.growth));
            channels += count * config.growth;
            levels.add(new Level(channels, 2 << i));
            if (i == blocks) break;
            features.put("transition" + i, new Transition(channels, channels / 2));
            channels /= 2;
        }
        features.put("norm5", new BatchNorm2d(channels));
        var linear = new Linear(channels, classes);
        Init.zeros().apply(linear.params().get("bias"));
        classifier = linear;
    }

    private static Conv2d conv(int in, int out, int kernel, int stride) {
        var conv = new Conv2d(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(kernel / 2).noBias());
        Init.kaimingNormal().apply(conv.params().get("weight"));
        return conv;
    }

    @Override public List<Level> levels() { return List.copyOf(levels); }

    @Override public int width() { return levels.getLast().channels(); }

    @Override public List<String> heads() { return List.of("classifier"); }

    @Override public List<Tensor> features(Tensor x) {
        var maps = new ArrayList<Tensor>();
        Tensor h = x;
        for (Unary layer : features.values()) {
            h = layer.forward(h);
            if (layer instanceof BatchNorm2d) h = relu(h);
            boolean last = maps.size() == levels.size() - 1;
            if (layer instanceof BatchNorm2d || layer instanceof Block && !last) maps.add(h);
        }
        return maps;
    }

    @Override public Tensor embed(Tensor x) {
        return F.adaptiveAvgPool(features(x).getLast(), 1, 1).flatten(1, -1);
    }

    @Override public Tensor forward(Tensor x) { return hooked(classifier.forward(embed(x)), x); }

    /** Its result is its input and, behind it, what each layer adds. */
    static final class Block extends Layer implements Unary {
        @Name("") final Map<String, Dense> layers = new LinkedHashMap<>();

        Block(int in, int count, int growth) {
            for (int i = 0; i < count; i++) layers.put("denselayer" + (i + 1), new Dense(in + i * growth, growth));
        }

        @Override public Tensor forward(Tensor x) {
            var all = new ArrayList<>(List.of(x));
            Tensor seen = x;
            for (Dense layer : layers.values()) {
                all.add(layer.forward(seen));
                seen = Tensor.cat(all, 1);
            }
            return hooked(seen, x);
        }
    }

    static final class Dense extends Layer implements Unary {
        Unary norm1;
        Unary conv1;
        Unary norm2;
        Unary conv2;

        Dense(int in, int growth) {
            norm1 = new BatchNorm2d(in);
            conv1 = conv(in, BOTTLENECK * growth, 1, 1);
            norm2 = new BatchNorm2d(BOTTLENECK * growth);
            conv2 = conv(BOTTLENECK * growth, growth, 3, 1);
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = conv1.forward(relu(norm1.forward(x)));
            return hooked(conv2.forward(relu(norm2.forward(h))), x);
        }
    }

    static final class Transition extends Layer implements Unary {
        Unary norm;
        Unary conv;
        Unary pool = new AvgPool2d(2);

        Transition(int in, int out) {
            norm = new BatchNorm2d(in);
            conv = conv(in, out, 1, 1);
        }

        @Override public Tensor forward(Tensor x) {
            return hooked(pool.forward(conv.forward(relu(norm.forward(x)))), x);
        }
    }
}

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
     * @param outputStride at most so many pixels of the image are one step in the last map: later blocks keep the size,
     *     and spread their kernels instead (Chen et al. 2017, arXiv:1706.05587)
     */
    public record Config(List<Integer> layers, int growth, int stem, int outputStride) {
        public static final Config DENSENET121 = new Config(List.of(6, 12, 24, 16), 32, 64);

        public Config {
            layers = List.copyOf(layers);
            Expect.that(!layers.isEmpty() && layers.stream().allMatch(n -> n >= 1), "DenseNet.Config.layers",
                    "blocks of at least one", layers);
            Expect.atLeast("DenseNet.Config.growth", 1, growth);
            Expect.atLeast("DenseNet.Config.stem", 1, stem);
            Stages.checkOutputStride("DenseNet.Config.outputStride", outputStride);
            Expect.atLeast("DenseNet.Config.outputStride", STEM_STRIDE, outputStride);
        }

        /** With each block on half the size of the one before. */
        public Config(List<Integer> layers, int growth, int stem) { this(layers, growth, stem, 2 << layers.size()); }

        /** For dense prediction, such as 8 or 16. */
        public Config outputStride(int stride) { return new Config(layers, growth, stem, stride); }
    }

    private static final int STEM_STRIDE = 4;
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
        int channels = config.stem, blocks = config.layers.size(), stride = STEM_STRIDE, dilation = 1;
        for (int i = 1; i <= blocks; i++) {
            int count = config.layers.get(i - 1);
            features.put("denseblock" + i, new Block(channels, count, config.growth, dilation));
            channels += count * config.growth;
            levels.add(new Level(channels, stride));
            if (i == blocks) break;
            boolean halves = 2 * stride <= config.outputStride;
            features.put("transition" + i, new Transition(channels, channels / 2, halves));
            channels /= 2;
            if (halves) stride *= 2;
            else dilation *= 2;
        }
        features.put("norm5", new BatchNorm2d(channels));
        var linear = new Linear(channels, classes);
        Init.zeros().apply(linear.params().get("bias"));
        classifier = linear;
    }

    private static Conv2d conv(int in, int out, int kernel, int stride) { return conv(in, out, kernel, stride, 1); }

    private static Conv2d conv(int in, int out, int kernel, int stride, int dilation) {
        var conv = new Conv2d(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(dilation * (kernel / 2))
                .dilation(dilation).noBias());
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
            if (layer instanceof BatchNorm2d) h = relu(this, h);
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

        Block(int in, int count, int growth, int dilation) {
            for (int i = 0; i < count; i++) {
                layers.put("denselayer" + (i + 1), new Dense(in + i * growth, growth, dilation));
            }
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

        Dense(int in, int growth, int dilation) {
            norm1 = new BatchNorm2d(in);
            conv1 = conv(in, BOTTLENECK * growth, 1, 1);
            norm2 = new BatchNorm2d(BOTTLENECK * growth);
            conv2 = conv(BOTTLENECK * growth, growth, 3, 1, dilation);
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = conv1.forward(relu(this, norm1.forward(x)));
            return hooked(conv2.forward(relu(this, norm2.forward(h))), x);
        }
    }

    static final class Transition extends Layer implements Unary {
        Unary norm;
        Unary conv;
        Unary pool; // null where the size is kept

        Transition(int in, int out, boolean halves) {
            norm = new BatchNorm2d(in);
            conv = conv(in, out, 1, 1);
            pool = halves ? new AvgPool2d(2) : null;
        }

        @Override public Tensor forward(Tensor x) {
            Tensor y = conv.forward(relu(this, norm.forward(x)));
            return hooked(pool == null ? y : pool.forward(y), x);
        }
    }
}

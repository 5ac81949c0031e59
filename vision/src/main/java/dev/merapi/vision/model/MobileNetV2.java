package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks that widen, filter each channel by itself, and narrow again, with torchvision's parameter names (Sandler et
 * al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", arXiv:1801.04381). RGB (N, 3, H, W) to logits
 * (N, classes).
 */
public final class MobileNetV2 extends Backbone {
    /**
     * @param width multiplies the number of channels, which is rounded to a multiple of 8
     * @param dropout before the classifier
     * @param outputStride at most so many pixels of the image are one step in the last map: later blocks keep the size,
     *     and spread their kernels instead (Chen et al. 2017, arXiv:1706.05587)
     * @param tensorflow whether images are padded, and norms made, as in TensorFlow, where Google's weights come from
     */
    public record Config(double width, double dropout, int outputStride, boolean tensorflow) {
        public static final Config DEFAULT = new Config(1, 0.2);

        public Config {
            Expect.that(width > 0 && width < 100, "MobileNetV2.Config.width", "a number above 0 and below 100", width);
            Stages.checkOutputStride("MobileNetV2.Config.outputStride", outputStride);
        }

        /** As torchvision has it, with a last map of stride 32. */
        public Config(double width, double dropout) { this(width, dropout, 32, false); }

        /** The same with this dropout. */
        public Config dropout(double p) { return new Config(width, p, outputStride, tensorflow); }

        /** For dense prediction, such as 8 or 16. */
        public Config outputStride(int stride) { return new Config(width, dropout, stride, tensorflow); }

        /** The same as in TensorFlow, or not. */
        public Config tensorflow(boolean on) { return new Config(width, dropout, outputStride, on); }
    }

    /** Table 2 of the paper: how much wider inside, channels, blocks, stride of the first. */
    private static final int[][] TABLE = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1},
        {6, 160, 3, 2}, {6, 320, 1, 1}};

    final List<Unary> features = new ArrayList<>();
    final List<Unary> classifier;
    private final Stages stages;
    private final int width;

    /** For images of 3 channels; weights are random. */
    public MobileNetV2(Config config, int classes) {
        stages = new Stages(config.outputStride);
        Normed normed = config.tensorflow ? Normed.WHOLLY_TENSORFLOW : Normed.USUAL;
        int in = divisible(32 * config.width);
        features.add(normed.conv(3, in, 3, 2, 1, Activation.RELU6));
        stages.block(in, 2);
        for (int[] row : TABLE) {
            int out = divisible(row[1] * config.width);
            for (int i = 0; i < row[2]; i++) {
                var step = stages.step(i == 0 ? row[3] : 1);
                features.add(new Block(normed, in, row[0] * in, out, step));
                stages.block(out, step.stride());
                in = out;
            }
        }
        width = divisible(1280 * Math.max(1, config.width));
        features.add(normed.conv(in, width, 1, 1, 1, Activation.RELU6));
        classifier = new ArrayList<>(List.of(new Dropout(config.dropout), new Linear(width, classes)));
        initialize(Init.kaimingNormalFanOut(), Init.normal(0, 0.01));
    }

    /** The nearest multiple of 8, but not less than nine tenths. */
    static int divisible(double channels) {
        int rounded = Math.max(8, (int) (channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    @Override public List<Level> levels() { return stages.levels(); }

    @Override public int width() { return width; }

    @Override public List<String> heads() { return List.of("classifier.1"); }

    @Override List<String> neck() { return List.of("features." + (features.size() - 1)); }

    @Override public List<Tensor> features(Tensor x) { return stages.run(features, x); }

    @Override public Tensor embed(Tensor x) {
        return F.adaptiveAvgPool(features.getLast().forward(features(x).getLast()), 1, 1).flatten(1, -1);
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = embed(x);
        for (Unary layer : classifier) y = layer.forward(y);
        return hooked(y, x);
    }

    static final class Block extends Layer implements Unary {
        Unary conv;
        private final boolean residual;

        Block(Normed normed, int in, int inside, int out, Stages.Step step) {
            var layers = new ArrayList<Unary>();
            if (inside != in) layers.add(normed.conv(in, inside, 1, 1, 1, Activation.RELU6));
            layers.add(normed.conv(inside, inside, 3, step.stride(), step.dilation(), inside, Activation.RELU6));
            layers.add(new Conv2d(inside, out, 1, ConvOptions.DEFAULT.noBias()));
            layers.add(normed.norm(out));
            conv = new Sequential(layers);
            residual = step.stride() == 1 && in == out;
        }

        @Override public Tensor forward(Tensor x) {
            Tensor y = conv.forward(x);
            return hooked(residual ? y.add(x) : y, x);
        }
    }
}

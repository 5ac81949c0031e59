package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
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
 * MobileNetV2's blocks with squeeze and excitation and cheaper activations, found by search, with torchvision's
 * parameter names (Howard et al. 2019, "Searching for MobileNetV3", arXiv:1905.02244). RGB (N, 3, H, W) to logits
 * (N, classes).
 */
public final class MobileNetV3 extends Backbone {
    /**
     * One block.
     *
     * @param kernel side of the filter
     * @param inside channels within
     * @param channels channels of the result
     * @param excites whether it squeezes and excites
     * @param hard whether activations are hard-swish rather than ReLU
     */
    public record Row(int kernel, int inside, int channels, boolean excites, boolean hard, int stride) {}

    /**
     * @param rows the blocks, the first on 16 channels
     * @param width of the layer before the classifier
     * @param dropout before the classifier
     * @param outputStride at most so many pixels of the image are one step in the last map: later blocks keep the size,
     *     and spread their kernels instead, as torchvision's {@code dilated} does for 16
     */
    public record Config(List<Row> rows, int width, double dropout, int outputStride) {
        /** Table 1 of the paper. */
        public static final Config LARGE = new Config(List.of(
                new Row(3, 16, 16, false, false, 1),
                new Row(3, 64, 24, false, false, 2),
                new Row(3, 72, 24, false, false, 1),
                new Row(5, 72, 40, true, false, 2),
                new Row(5, 120, 40, true, false, 1),
                new Row(5, 120, 40, true, false, 1),
                new Row(3, 240, 80, false, true, 2),
                new Row(3, 200, 80, false, true, 1),
                new Row(3, 184, 80, false, true, 1),
                new Row(3, 184, 80, false, true, 1),
                new Row(3, 480, 112, true, true, 1),
                new Row(3, 672, 112, true, true, 1),
                new Row(5, 672, 160, true, true, 2),
                new Row(5, 960, 160, true, true, 1),
                new Row(5, 960, 160, true, true, 1)), 1280, 0.2);
        /** Table 2 of the paper. */
        public static final Config SMALL = new Config(List.of(
                new Row(3, 16, 16, true, false, 2),
                new Row(3, 72, 24, false, false, 2),
                new Row(3, 88, 24, false, false, 1),
                new Row(5, 96, 40, true, true, 2),
                new Row(5, 240, 40, true, true, 1),
                new Row(5, 240, 40, true, true, 1),
                new Row(5, 120, 48, true, true, 1),
                new Row(5, 144, 48, true, true, 1),
                new Row(5, 288, 96, true, true, 2),
                new Row(5, 576, 96, true, true, 1),
                new Row(5, 576, 96, true, true, 1)), 1024, 0.2);

        public Config {
            rows = List.copyOf(rows);
            Expect.that(!rows.isEmpty(), "MobileNetV3.Config.rows", "at least one", rows);
            Expect.atLeast("MobileNetV3.Config.width", 1, width);
            Stages.checkOutputStride("MobileNetV3.Config.outputStride", outputStride);
        }

        /** With a last map of stride 32. */
        public Config(List<Row> rows, int width, double dropout) { this(rows, width, dropout, 32); }

        /** The same with this dropout. */
        public Config dropout(double p) { return new Config(rows, width, p, outputStride); }

        /** For dense prediction, such as 8 or 16. */
        public Config outputStride(int stride) { return new Config(rows, width, dropout, stride); }
    }

    private static final int STEM = 16;

    final List<Unary> features = new ArrayList<>();
    final List<Unary> classifier;
    private final Stages stages;
    private final int width;

    /** For images of 3 channels; weights are random. */
    public MobileNetV3(Config config, int classes) {
        stages = new Stages(config.outputStride);
        features.add(Normed.TENSORFLOW.conv(3, STEM, 3, 2, 1, Activation.HARDSWISH));
        stages.block(STEM, 2);
        int in = STEM;
        for (Row row : config.rows) {
            var step = stages.step(row.stride);
            features.add(new Block(in, row, step));
            stages.block(row.channels, step.stride());
            in = row.channels;
        }
        features.add(Normed.TENSORFLOW.conv(in, 6 * in, 1, 1, 1, Activation.HARDSWISH));
        width = config.width;
        classifier = new ArrayList<>(List.of(new Linear(6 * in, width), Activation.HARDSWISH,
                new Dropout(config.dropout), new Linear(width, classes)));
        initialize(Init.kaimingNormalFanOut(), Init.normal(0, 0.01));
    }

    @Override public List<Level> levels() { return stages.levels(); }

    @Override public int width() { return width; }

    @Override public List<String> heads() { return List.of("classifier.3"); }

    @Override List<String> neck() { return List.of("features." + (features.size() - 1), "classifier.0"); }

    @Override public List<Tensor> features(Tensor x) { return stages.run(features, x); }

    @Override public Tensor embed(Tensor x) {
        Tensor y = F.adaptiveAvgPool(features.getLast().forward(features(x).getLast()), 1, 1).flatten(1, -1);
        for (Unary layer : classifier.subList(0, 3)) y = layer.forward(y);
        return y;
    }

    @Override public Tensor forward(Tensor x) { return hooked(classifier.getLast().forward(embed(x)), x); }

    static final class Block extends Layer implements Unary {
        Unary block;
        private final boolean residual;

        Block(int in, Row row, Stages.Step step) {
            Unary activation = row.hard ? Activation.HARDSWISH : Activation.RELU;
            var layers = new ArrayList<Unary>();
            if (row.inside != in) layers.add(Normed.TENSORFLOW.conv(in, row.inside, 1, 1, 1, activation));
            // as torchvision: where a block would shrink the map, it spreads its kernel already
            layers.add(Normed.TENSORFLOW.conv(row.inside, row.inside, row.kernel, step.stride(), step.after(),
                    row.inside, activation));
            if (row.excites) {
                layers.add(new SqueezeExcitation(row.inside, MobileNetV2.divisible(row.inside / 4), Activation.RELU,
                        Activation.HARDSIGMOID));
            }
            layers.add(Normed.TENSORFLOW.conv(row.inside, row.channels, 1, 1, 1, null));
            block = new Sequential(layers);
            residual = row.stride == 1 && in == row.channels;
        }

        @Override public Tensor forward(Tensor x) {
            Tensor y = block.forward(x);
            return hooked(residual ? y.add(x) : y, x);
        }
    }
}

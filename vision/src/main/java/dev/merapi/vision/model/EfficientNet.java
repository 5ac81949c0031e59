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
 * MobileNetV2's blocks with squeeze and excitation, in a network whose depth, width and image size were balanced, with
 * torchvision's parameter names (Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
 * Networks", arXiv:1905.11946). RGB (N, 3, H, W) to logits (N, classes).
 */
public final class EfficientNet extends Backbone {
    /**
     * One stage.
     *
     * @param wider how many times as many channels there are inside
     * @param kernel side of the filter
     * @param stride of the first block
     * @param channels channels of the result
     */
    public record Row(int wider, int kernel, int stride, int channels, int blocks) {}

    /**
     * @param rows the stages
     * @param stem channels before the first
     * @param width channels behind the last, which the classifier sees
     * @param dropout before the classifier
     * @param stochasticDepth how often the last block is skipped in training; earlier ones in proportion
     * @param outputStride at most so many pixels of the image are one step in the last map: later blocks keep the size,
     *     and spread their kernels instead (Chen et al. 2017, arXiv:1706.05587)
     * @param tensorflow whether images are padded, and norms made, as in TensorFlow, where Google's weights come from
     */
    public record Config(List<Row> rows, int stem, int width, double dropout, double stochasticDepth, int outputStride,
            boolean tensorflow) {
        /** Table 1 of the paper. */
        public static final Config B0 = new Config(List.of(
                new Row(1, 3, 1, 16, 1),
                new Row(6, 3, 2, 24, 2),
                new Row(6, 5, 2, 40, 2),
                new Row(6, 3, 2, 80, 3),
                new Row(6, 5, 1, 112, 3),
                new Row(6, 5, 2, 192, 4),
                new Row(6, 3, 1, 320, 1)), 0.2, 0.2);

        public Config {
            rows = List.copyOf(rows);
            Expect.that(!rows.isEmpty(), "EfficientNet.Config.rows", "at least one", rows);
            Expect.atLeast("EfficientNet.Config.stem", 1, stem);
            Expect.atLeast("EfficientNet.Config.width", 1, width);
            Stages.checkOutputStride("EfficientNet.Config.outputStride", outputStride);
        }

        /** As torchvision has it: 32 channels before, 4 times as many behind, and a last map of stride 32. */
        public Config(List<Row> rows, double dropout, double stochasticDepth) {
            this(rows, 32, rows.isEmpty() ? 1 : 4 * rows.getLast().channels, dropout, stochasticDepth, 32, false);
        }

        /** The same with this dropout. */
        public Config dropout(double p) {
            return new Config(rows, stem, width, p, stochasticDepth, outputStride, tensorflow);
        }

        /** The same with blocks skipped this often. */
        public Config stochasticDepth(double p) {
            return new Config(rows, stem, width, dropout, p, outputStride, tensorflow);
        }

        /** For dense prediction, such as 8 or 16. */
        public Config outputStride(int stride) {
            return new Config(rows, stem, width, dropout, stochasticDepth, stride, tensorflow);
        }
    }

    final List<Unary> features = new ArrayList<>();
    final List<Unary> classifier;
    private final Stages stages;
    private final int width;

    /** For images of 3 channels; weights are random. */
    public EfficientNet(Config config, int classes) {
        stages = new Stages(config.outputStride);
        Normed normed = config.tensorflow ? Normed.WHOLLY_TENSORFLOW : Normed.USUAL;
        features.add(normed.conv(3, config.stem, 3, 2, 1, Activation.SILU));
        stages.block(config.stem, 2);
        double all = config.rows.stream().mapToInt(Row::blocks).sum();
        int in = config.stem, before = 0;
        for (Row row : config.rows) {
            var blocks = new ArrayList<Block>();
            var first = stages.step(row.stride);
            for (int i = 0; i < row.blocks; i++) {
                var step = i == 0 ? first : new Stages.Step(1, first.after(), first.after());
                blocks.add(new Block(normed, in, row, step, config.stochasticDepth * before++ / all));
                in = row.channels;
            }
            features.add(new Sequential(blocks));
            stages.block(in, first.stride());
        }
        width = config.width;
        features.add(normed.conv(in, width, 1, 1, 1, Activation.SILU));
        classifier = new ArrayList<>(List.of(new Dropout(config.dropout), new Linear(width, classes)));
        double bound = 1 / Math.sqrt(classes);
        initialize(Init.kaimingNormalFanOut(), Init.uniform(-bound, bound));
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
        Unary block;
        private final Unary depth; // null where the block is no residual one

        Block(Normed normed, int in, Row row, Stages.Step step, double stochasticDepth) {
            int inside = in * row.wider;
            var layers = new ArrayList<Unary>();
            if (inside != in) layers.add(normed.conv(in, inside, 1, 1, 1, Activation.SILU));
            layers.add(normed.conv(inside, inside, row.kernel, step.stride(), step.dilation(), inside,
                    Activation.SILU));
            layers.add(new SqueezeExcitation(inside, Math.max(1, in / 4), Activation.SILU, Activation.SIGMOID));
            layers.add(normed.conv(inside, row.channels, 1, 1, 1, null));
            block = new Sequential(layers);
            depth = step.stride() == 1 && in == row.channels ? new StochasticDepth(stochasticDepth) : null;
        }

        @Override public Tensor forward(Tensor x) {
            Tensor y = block.forward(x);
            return hooked(depth == null ? y : depth.forward(y).add(x), x);
        }
    }
}

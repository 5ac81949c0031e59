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
     * @param rows the stages, the first on 32 channels
     * @param dropout before the classifier
     * @param stochasticDepth how often the last block is skipped in training; earlier ones in proportion
     */
    public record Config(List<Row> rows, double dropout, double stochasticDepth) {
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
        }

        /** The same with this dropout. */
        public Config dropout(double p) { return new Config(rows, p, stochasticDepth); }

        /** The same with blocks skipped this often. */
        public Config stochasticDepth(double p) { return new Config(rows, dropout, p); }
    }

    private static final int STEM = 32;
    private static final int WIDER = 4; // the last convolution, than the last stage

    final List<Unary> features = new ArrayList<>();
    final List<Unary> classifier;
    private final Stages stages = new Stages();
    private final int width;

    /** For images of 3 channels; weights are random. */
    public EfficientNet(Config config, int classes) {
        features.add(Normed.USUAL.conv(3, STEM, 3, 2, 1, Activation.SILU));
        stages.block(STEM, 2);
        double all = config.rows.stream().mapToInt(Row::blocks).sum();
        int in = STEM, before = 0;
        for (Row row : config.rows) {
            var blocks = new ArrayList<Block>();
            for (int i = 0; i < row.blocks; i++) {
                blocks.add(new Block(in, row, i == 0 ? row.stride : 1, config.stochasticDepth * before++ / all));
                in = row.channels;
            }
            features.add(new Sequential(blocks));
            stages.block(in, row.stride);
        }
        width = WIDER * in;
        features.add(Normed.USUAL.conv(in, width, 1, 1, 1, Activation.SILU));
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

        Block(int in, Row row, int stride, double stochasticDepth) {
            int inside = in * row.wider;
            var layers = new ArrayList<Unary>();
            if (inside != in) layers.add(Normed.USUAL.conv(in, inside, 1, 1, 1, Activation.SILU));
            layers.add(Normed.USUAL.conv(inside, inside, row.kernel, stride, inside, Activation.SILU));
            layers.add(new SqueezeExcitation(inside, Math.max(1, in / 4), Activation.SILU, Activation.SIGMOID));
            layers.add(Normed.USUAL.conv(inside, row.channels, 1, 1, 1, null));
            block = new Sequential(layers);
            depth = stride == 1 && in == row.channels ? new StochasticDepth(stochasticDepth) : null;
        }

        @Override public Tensor forward(Tensor x) {
            Tensor y = block.forward(x);
            return hooked(depth == null ? y : depth.forward(y).add(x), x);
        }
    }
}

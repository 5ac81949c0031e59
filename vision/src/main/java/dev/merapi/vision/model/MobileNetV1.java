package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolutions that filter each channel by itself, each with one of 1x1 behind it (Howard et al. 2017, "MobileNets",
 * arXiv:1704.04861), padded and normed as in TensorFlow, where the weights that others have come from. RGB (N, 3, H, W)
 * to logits (N, classes).
 */
public final class MobileNetV1 extends Backbone {
    /**
     * @param width multiplies the number of channels
     * @param dropout before the classifier
     * @param outputStride at most so many pixels of the image are one step in the last map: later blocks keep the size,
     *     and spread their kernels instead (Chen et al. 2017, arXiv:1706.05587)
     */
    public record Config(double width, double dropout, int outputStride) {
        public static final Config DEFAULT = new Config(1, 0.001, 32);

        public Config {
            Expect.that(width > 0 && width < 100, "MobileNetV1.Config.width", "a number above 0 and below 100", width);
            Stages.checkOutputStride("MobileNetV1.Config.outputStride", outputStride);
        }

        /** The same with this dropout. */
        public Config dropout(double p) { return new Config(width, p, outputStride); }

        /** For dense prediction, such as 8 or 16. */
        public Config outputStride(int stride) { return new Config(width, dropout, stride); }

        private int channels(int usual) { return Math.max((int) (usual * width), LEAST); }
    }

    /** Table 1 of the paper: channels, and the stride before them. */
    private static final int[][] TABLE = {{64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1},
        {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
    private static final int LEAST = 8; // channels

    final List<Unary> features = new ArrayList<>();
    final List<Unary> classifier;
    private final Stages stages;
    private final int width;

    /** For images of 3 channels; weights are random. */
    public MobileNetV1(Config config, int classes) {
        stages = new Stages(config.outputStride);
        Normed normed = Normed.WHOLLY_TENSORFLOW;
        int in = config.channels(32);
        features.add(normed.conv(3, in, 3, 2, 1, Activation.RELU6));
        stages.block(in, 2);
        for (int[] row : TABLE) {
            int out = config.channels(row[0]);
            var step = stages.step(row[1]);
            features.add(new Sequential(
                    normed.conv(in, in, 3, step.stride(), step.dilation(), in, Activation.RELU6),
                    normed.conv(in, out, 1, 1, 1, Activation.RELU6)));
            stages.block(out, step.stride());
            in = out;
        }
        width = in;
        classifier = new ArrayList<>(List.of(new Dropout(config.dropout), new Linear(width, classes)));
        initialize(Init.kaimingNormalFanOut(), Init.normal(0, 0.01));
    }

    @Override public List<Level> levels() { return stages.levels(); }

    @Override public int width() { return width; }

    @Override public List<String> heads() { return List.of("classifier.1"); }

    @Override public List<Tensor> features(Tensor x) { return stages.run(features, x); }

    @Override public Tensor embed(Tensor x) {
        return F.adaptiveAvgPool(features(x).getLast(), 1, 1).flatten(1, -1);
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = embed(x);
        for (Unary layer : classifier) y = layer.forward(y);
        return hooked(y, x);
    }
}

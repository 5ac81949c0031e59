package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Stages of 3x3 convolutions with pooling between them, with torchvision's parameter names (Simonyan and Zisserman
 * 2014, "Very Deep Convolutional Networks for Large-Scale Image Recognition", arXiv:1409.1556). RGB (N, 3, H, W), of at
 * least 32x32, to logits (N, classes).
 */
public final class Vgg extends Backbone {
    /**
     * @param convolutions in each stage; every stage ends by halving the map
     * @param width channels of the first stage; each has twice those before it, up to 8 times as many
     * @param batchNorm whether one follows each convolution
     * @param hidden units in each of the two layers before the classifier
     * @param dropout behind each of them
     * @param outputStride at most so many pixels of the image are one step in the last map: later stages keep the size,
     *     and spread their kernels instead (Chen et al. 2014, arXiv:1412.7062)
     */
    public record Config(List<Integer> convolutions, int width, boolean batchNorm, int hidden, double dropout,
            int outputStride) {
        public static final Config VGG11 = plain(1, 1, 2, 2, 2);
        public static final Config VGG13 = plain(2, 2, 2, 2, 2);
        public static final Config VGG16 = plain(2, 2, 3, 3, 3);
        public static final Config VGG19 = plain(2, 2, 4, 4, 4);

        public Config {
            convolutions = List.copyOf(convolutions);
            Expect.that(!convolutions.isEmpty() && convolutions.stream().allMatch(n -> n >= 1),
                    "Vgg.Config.convolutions", "stages of at least one", convolutions);
            Expect.atLeast("Vgg.Config.width", 1, width);
            Expect.atLeast("Vgg.Config.hidden", 1, hidden);
            Stages.checkOutputStride("Vgg.Config.outputStride", outputStride);
        }

        /** With all of the stages halving the map. */
        public Config(List<Integer> convolutions, int width, boolean batchNorm, int hidden, double dropout) {
            this(convolutions, width, batchNorm, hidden, dropout, 1 << convolutions.size());
        }

        private static Config plain(Integer... convolutions) {
            return new Config(List.of(convolutions), 64, false, 4096, 0.5);
        }

        /** The same with a batch norm behind each convolution, or without. */
        public Config batchNorm(boolean on) {
            return new Config(convolutions, width, on, hidden, dropout, outputStride);
        }

        /** The same with this dropout. */
        public Config dropout(double p) {
            return new Config(convolutions, width, batchNorm, hidden, p, outputStride);
        }

        /** For dense prediction, such as 8 or 16. */
        public Config outputStride(int stride) {
            return new Config(convolutions, width, batchNorm, hidden, dropout, stride);
        }
    }

    private static final int POOLED = 7; // side of the map that the classifier sees
    private static final int WIDEST = 3; // doublings of the width

    final List<Unary> features = new ArrayList<>();
    final List<Unary> classifier;
    private final List<Level> levels = new ArrayList<>();
    private final int width;

    /** For images of 3 channels; weights are random. */
    public Vgg(Config config, int classes) {
        int in = 3, stride = 1, dilation = 1;
        for (int stage = 0; stage < config.convolutions.size(); stage++) {
            int out = config.width << Math.min(stage, WIDEST);
            for (int i = 0; i < config.convolutions.get(stage); i++) {
                features.add(new Conv2d(in, out, 3, ConvOptions.SAME.dilation(dilation)));
                if (config.batchNorm) features.add(new BatchNorm2d(out));
                features.add(Activation.RELU);
                in = out;
            }
            levels.add(new Level(out, stride));
            boolean halves = 2 * stride <= config.outputStride;
            features.add(new MaxPool2d(halves ? 2 : 1)); // 1 changes nothing, and keeps the numbers of the others
            if (halves) stride *= 2;
            else dilation *= 2;
        }
        levels.add(new Level(in, stride));
        width = config.hidden;
        classifier = new ArrayList<>(List.of(
                new Linear(in * POOLED * POOLED, width), Activation.RELU, new Dropout(config.dropout),
                new Linear(width, width), Activation.RELU, new Dropout(config.dropout),
                new Linear(width, classes)));
        initialize(Init.kaimingNormalFanOut(), Init.normal(0, 0.01));
    }

    @Override public List<Level> levels() { return List.copyOf(levels); }

    @Override public int width() { return width; }

    @Override public List<String> heads() { return List.of("classifier.6"); }

    @Override List<String> neck() { return List.of("classifier.0", "classifier.3"); }

    /** Those before each pooling, and the last one behind it. */
    @Override public List<Tensor> features(Tensor x) {
        var maps = new ArrayList<Tensor>();
        Tensor h = x;
        for (Unary layer : features) {
            if (layer instanceof MaxPool2d) maps.add(h);
            h = layer == Activation.RELU ? relu(this, h) : layer.forward(h);
        }
        maps.add(h);
        return maps;
    }

    @Override public Tensor embed(Tensor x) {
        Tensor y = F.adaptiveAvgPool(features(x).getLast(), POOLED, POOLED).flatten(1, -1);
        for (Unary layer : classifier.subList(0, 6)) {
            y = layer == Activation.RELU ? relu(this, y) : layer.forward(y);
        }
        return y;
    }

    @Override public Tensor forward(Tensor x) { return hooked(classifier.getLast().forward(embed(x)), x); }
}

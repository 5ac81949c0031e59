package dev.merapi.vision.model;

import dev.merapi.nn.BatchNorm3d;
import dev.merapi.nn.Conv3d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Residual networks over space and time, with torchvision's parameter names (Tran et al. 2018, "A Closer Look at
 * Spatiotemporal Convolutions for Action Recognition", arXiv:1711.11248). RGB clips (N, 3, T, H, W) to logits
 * (N, classes).
 */
public final class VideoResNet extends Layer implements Unary {
    /** How a convolution looks at time. */
    public enum Kind {
        /** As R3D: 3x3x3 in one. */
        FULL,
        /** As R(2+1)D: first along space, then along time, with a ReLU between. */
        FACTORED,
        /** As MC3: along time in the first stage alone. */
        MIXED
    }

    /**
     * Stage i has blocks of {@code width · 2^i} channels and, after the first, halves the map, and time where its
     * convolutions see it.
     *
     * @param blocks number of blocks in each stage
     * @param width channels of the first stage
     */
    public record Config(Kind kind, List<Integer> blocks, int width) {
        public static final Config R3D_18 = new Config(Kind.FULL, List.of(2, 2, 2, 2), 64);
        public static final Config MC3_18 = new Config(Kind.MIXED, List.of(2, 2, 2, 2), 64);
        public static final Config R2PLUS1D_18 = new Config(Kind.FACTORED, List.of(2, 2, 2, 2), 64);

        public Config {
            blocks = List.copyOf(blocks);
            Expect.that(!blocks.isEmpty() && blocks.stream().allMatch(n -> n >= 1), "VideoResNet.Config.blocks",
                    "stages of at least one block", blocks);
            Expect.atLeast("VideoResNet.Config.width", 1, width);
        }

        /** With another number of channels in the first stage. */
        public Config width(int channels) { return new Config(kind, blocks, channels); }

        private Kind kind(int stage) {
            return kind == Kind.MIXED && stage == 0 ? Kind.FULL : kind;
        }
    }

    Unary stem;
    @Name("") final Map<String, Unary> stages = new LinkedHashMap<>(); // layer1, layer2, …
    Unary fc;

    /** Weights are random. */
    public VideoResNet(Config config, int classes) {
        int in = config.width;
        var options = ConvOptions.DEFAULT.stride(1, 2, 2).padding(1, 3, 3);
        stem = config.kind == Kind.FACTORED ? factoredStem(in)
                : new Sequential(conv(3, in, 3, 7, options), new BatchNorm3d(in), new Relu());
        for (int i = 0; i < config.blocks.size(); i++) {
            int width = config.width << i;
            var blocks = new ArrayList<Block>();
            for (int j = 0; j < config.blocks.get(i); j++) {
                blocks.add(new Block(config.kind(i), in, width, i > 0 && j == 0 ? 2 : 1));
                in = width;
            }
            stages.put("layer" + (i + 1), new Sequential(blocks));
        }
        var classifier = new Linear(in, classes);
        Init.normal(0, 0.01).apply(classifier.params().get("weight"));
        Init.zeros().apply(classifier.params().get("bias"));
        fc = classifier;
    }

    /** With torchvision's 45 channels between space and time, or as many in proportion. */
    private static Sequential factoredStem(int width) {
        int between = Math.max(45 * width / 64, 1);
        return new Sequential(conv(3, between, 1, 7, ConvOptions.DEFAULT.stride(1, 2, 2).padding(0, 3, 3)),
                new BatchNorm3d(between), new Relu(), conv(between, width, 3, 1, ConvOptions.DEFAULT.padding(1, 0, 0)),
                new BatchNorm3d(width), new Relu());
    }

    /** What the classifier sees: one vector (N, channels of the last stage) for each clip. */
    public Tensor embed(Tensor x) {
        Tensor h = stem.forward(x);
        for (Unary stage : stages.values()) h = stage.forward(h);
        return h.flatten(2, -1).mean(-1);
    }

    @Override public Tensor forward(Tensor x) { return hooked(fc.forward(embed(x)), x); }

    /** Two convolutions beside a shortcut. */
    static final class Block extends Layer implements Unary {
        Unary conv1;
        Unary conv2;
        Unary downsample; // or null

        Block(Kind kind, int in, int out, int stride) {
            int between = (in * out * 27) / (in * 9 + 3 * out); // as many weights as a full kernel has
            conv1 = new Sequential(convolution(kind, in, between, out, stride), new BatchNorm3d(out), new Relu());
            conv2 = new Sequential(convolution(kind, out, between, out, 1), new BatchNorm3d(out));
            int inTime = kind == Kind.MIXED ? 1 : stride;
            downsample = in == out && stride == 1 ? null : new Sequential(conv(in, out, 1, 1,
                    ConvOptions.DEFAULT.stride(inTime, stride, stride)), new BatchNorm3d(out));
        }

        @Override public Tensor forward(Tensor x) {
            Tensor shortcut = downsample == null ? x : downsample.forward(x);
            return hooked(Backbone.relu(this, conv2.forward(conv1.forward(x)).add(shortcut)), x);
        }
    }

    private static Unary convolution(Kind kind, int in, int between, int out, int stride) {
        var o = ConvOptions.DEFAULT;
        return switch (kind) {
            case FULL -> conv(in, out, 3, 3, o.stride(stride).padding(1));
            case MIXED -> conv(in, out, 1, 3, o.stride(1, stride, stride).padding(0, 1, 1));
            case FACTORED -> new Sequential(conv(in, between, 1, 3, o.stride(1, stride, stride).padding(0, 1, 1)),
                    new BatchNorm3d(between), new Relu(),
                    conv(between, out, 3, 1, o.stride(stride, 1, 1).padding(1, 0, 0)));
        };
    }

    /** As torchvision: no bias before a batch norm, Kaiming's normal by fan-out. */
    private static Conv3d conv(int in, int out, int depth, int side, ConvOptions options) {
        var conv = new Conv3d(in, out, depth, side, side, options.noBias());
        Init.kaimingNormalFanOut().apply(conv.params().get("weight"));
        return conv;
    }
}

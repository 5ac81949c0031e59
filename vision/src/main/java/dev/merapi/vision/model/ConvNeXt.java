package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolutional network with the parts of a Transformer, with torchvision's parameter names (Liu et al. 2022, "A
 * ConvNet for the 2020s", arXiv:2201.03545). RGB (N, 3, H, W), of at least 32x32, to logits (N, classes).
 */
public final class ConvNeXt extends Backbone {
    /**
     * @param blocks in each stage
     * @param width channels of the first stage; each has twice those before it
     * @param stochasticDepth how often the last block is skipped in training; earlier ones in proportion
     */
    public record Config(List<Integer> blocks, int width, double stochasticDepth) {
        public static final Config TINY = new Config(List.of(3, 3, 9, 3), 96, 0.1);

        public Config {
            blocks = List.copyOf(blocks);
            Expect.that(!blocks.isEmpty() && blocks.stream().allMatch(n -> n >= 1), "ConvNeXt.Config.blocks",
                    "stages of at least one", blocks);
            Expect.atLeast("ConvNeXt.Config.width", 1, width);
        }

        /** The same with blocks skipped this often. */
        public Config stochasticDepth(double p) { return new Config(blocks, width, p); }
    }

    private static final double EPS = 1e-6;
    private static final double SCALE = 1e-6; // of a branch at the start
    private static final int PATCH = 4; // side of the stem's squares

    final List<Unary> features = new ArrayList<>();
    final List<Unary> classifier;
    private final List<Level> levels = new ArrayList<>();

    /** For images of 3 channels; weights are random. */
    public ConvNeXt(Config config, int classes) {
        double all = Math.max(1, config.blocks.stream().mapToInt(n -> n).sum() - 1);
        int width = config.width, before = 0;
        features.add(new Sequential(new Conv2d(3, width, PATCH, PATCH, 0), new LayerNorm2d(width, EPS)));
        for (int i = 0; i < config.blocks.size(); i++) {
            if (i > 0) {
                features.add(new Sequential(new LayerNorm2d(width, EPS), new Conv2d(width, 2 * width, 2, 2, 0)));
                width *= 2;
            }
            var blocks = new ArrayList<Block>();
            for (int j = 0; j < config.blocks.get(i); j++) {
                blocks.add(new Block(width, config.stochasticDepth * before++ / all));
            }
            features.add(new Sequential(blocks));
            levels.add(new Level(width, PATCH << i));
        }
        classifier = new ArrayList<>(List.of(new LayerNorm2d(width, EPS), new Flatten(), new Linear(width, classes)));
        initialize(Init.truncatedNormal(0, 0.02, -2, 2), Init.truncatedNormal(0, 0.02, -2, 2));
    }

    @Override public List<Level> levels() { return List.copyOf(levels); }

    @Override public int width() { return levels.getLast().channels(); }

    @Override public List<String> heads() { return List.of("classifier.2"); }

    @Override List<String> neck() { return List.of("classifier.0"); }

    @Override public List<Tensor> features(Tensor x) {
        var maps = new ArrayList<Tensor>();
        Tensor h = x;
        for (int i = 0; i < features.size(); i++) {
            h = features.get(i).forward(h);
            if (i % 2 == 1) maps.add(h); // a stage behind its stem
        }
        return maps;
    }

    @Override public Tensor embed(Tensor x) {
        Tensor pooled = F.adaptiveAvgPool(features(x).getLast(), 1, 1);
        return classifier.get(1).forward(classifier.get(0).forward(pooled));
    }

    @Override public Tensor forward(Tensor x) { return hooked(classifier.get(2).forward(embed(x)), x); }

    static final class Block extends Layer implements Unary {
        Unary block;
        final Param layerScale; // (width, 1, 1)
        private final Unary depth;

        Block(int width, double stochasticDepth) {
            block = new Sequential(
                    new Conv2d(width, width, 7, ConvOptions.SAME.groups(width)), LayerNorm2d::toLast,
                    new LayerNorm(width, EPS), new Linear(width, 4 * width), Activation.GELU,
                    new Linear(4 * width, width), LayerNorm2d::toFirst);
            layerScale = param(Init.constant(SCALE), width, 1, 1);
            depth = new StochasticDepth(stochasticDepth);
        }

        @Override public Tensor forward(Tensor x) {
            return hooked(depth.forward(layerScale.mul(block.forward(x))).add(x), x);
        }
    }
}

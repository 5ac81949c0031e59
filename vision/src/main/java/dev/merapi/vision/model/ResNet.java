package dev.merapi.vision.model;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Name;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Residual networks, with torchvision's parameter names (He et al. 2015, "Deep Residual Learning for Image
 * Recognition", arXiv:1512.03385). RGB (N, 3, H, W) to logits (N, classes).
 */
public final class ResNet extends Backbone {
    /**
     * Stage i has blocks of {@code width · 2^i} channels and, after the first, halves the map.
     *
     * @param bottleneck whether a block is a 3x3 convolution between two of 1x1, the last with 4 times the channels,
     *     rather than two of 3x3
     * @param blocks number of blocks in each stage
     * @param width channels of the first stage
     * @param smallImages whether to begin with a 3x3 convolution of stride 1 and no pooling, for 32x32 images, in place
     *     of ImageNet's 7x7 of stride 2 and max pooling
     * @param plainShortcuts whether a shortcut to another shape leaves out every other pixel and adds channels of zeros
     *     (the paper's option A), rather than a 1x1 convolution (option B)
     * @param outputStride at most so many pixels of the image are one step in the last map: later stages keep the size,
     *     and spread their kernels instead (Chen et al. 2017, arXiv:1706.05587)
     */
    public record Config(boolean bottleneck, List<Integer> blocks, int width, boolean smallImages,
            boolean plainShortcuts, int outputStride) {
        public static final Config RESNET18 = imagenet(false, 2, 2, 2, 2);
        public static final Config RESNET34 = imagenet(false, 3, 4, 6, 3);
        public static final Config RESNET50 = imagenet(true, 3, 4, 6, 3);
        public static final Config RESNET101 = imagenet(true, 3, 4, 23, 3);
        /** ResNet-18 for images such as CIFAR's. */
        public static final Config CIFAR_RESNET18 = new Config(false, List.of(2, 2, 2, 2), 64, true, false, 32);
        /** Section 4.2 of the paper, for CIFAR-10: 269,722 parameters. */
        public static final Config RESNET20 = cifar(3);
        public static final Config RESNET32 = cifar(5);
        public static final Config RESNET56 = cifar(9);
        public static final Config RESNET110 = cifar(18);

        public Config {
            blocks = List.copyOf(blocks);
            Expect.that(!blocks.isEmpty() && blocks.stream().allMatch(n -> n >= 1), "ResNet.Config.blocks",
                    "stages of at least one block", blocks);
            Expect.atLeast("ResNet.Config.width", 1, width);
            int least = smallImages ? 1 : 4;
            Expect.that(outputStride >= least && Integer.bitCount(outputStride) == 1, "ResNet.Config.outputStride",
                    "a power of 2, at least " + least, outputStride);
        }

        private static Config imagenet(boolean bottleneck, Integer... blocks) {
            return new Config(bottleneck, List.of(blocks), 64, false, false, 32);
        }

        private static Config cifar(int blocks) {
            return new Config(false, List.of(blocks, blocks, blocks), 16, true, true, 32);
        }

        /** For dense prediction, such as 8 or 16. */
        public Config outputStride(int stride) {
            return new Config(bottleneck, blocks, width, smallImages, plainShortcuts, stride);
        }
    }

    Unary conv1;
    Unary bn1;
    @Name("") final Map<String, Unary> stages = new LinkedHashMap<>(); // layer1, layer2, …
    Unary fc;
    private final Unary maxpool; // or null
    private final List<Level> levels = new ArrayList<>();

    /** For images of 3 channels; weights are random. */
    public ResNet(Config config, int classes) {
        int expansion = config.bottleneck ? 4 : 1, in = config.width, stride = config.smallImages ? 1 : 4, dilation = 1;
        conv1 = config.smallImages ? conv(3, in, 3, 1) : conv(3, in, 7, 2);
        bn1 = new BatchNorm2d(in);
        maxpool = config.smallImages ? null : new MaxPool2d(3, 2, 1);
        if (maxpool != null) levels.add(new Level(in, 2));
        for (int i = 0; i < config.blocks.size(); i++) {
            int width = config.width << i;
            boolean halves = i > 0 && 2 * stride <= config.outputStride, spreads = i > 0 && !halves;
            var blocks = new ArrayList<Block>();
            for (int j = 0; j < config.blocks.get(i); j++) {
                // as torchvision: the first block of a stage that keeps the size spreads as the stage before
                int apart = spreads && j > 0 ? 2 * dilation : dilation;
                blocks.add(new Block(config, in, width, halves && j == 0 ? 2 : 1, apart));
                in = width * expansion;
            }
            if (halves) stride *= 2;
            if (spreads) dilation *= 2;
            stages.put("layer" + (i + 1), new Sequential(blocks));
            levels.add(new Level(in, stride));
        }
        fc = new Linear(in, classes);
    }

    @Override public List<Level> levels() { return List.copyOf(levels); }

    @Override public int width() { return levels.getLast().channels(); }

    @Override public List<String> heads() { return List.of("fc"); }

    @Override public List<Tensor> features(Tensor x) {
        var maps = new ArrayList<Tensor>();
        Tensor h = relu(this, bn1.forward(conv1.forward(x)));
        if (maxpool != null) {
            maps.add(h);
            h = maxpool.forward(h);
        }
        for (Unary stage : stages.values()) {
            h = stage.forward(h);
            maps.add(h);
        }
        return maps;
    }

    @Override public Tensor embed(Tensor x) {
        return F.adaptiveAvgPool(features(x).getLast(), 1, 1).flatten(1, -1);
    }

    @Override public Tensor forward(Tensor x) { return hooked(fc.forward(embed(x)), x); }

    /** Two or three convolutions beside a shortcut. */
    static final class Block extends Layer implements Unary {
        Unary conv1;
        Unary bn1;
        Unary conv2;
        Unary bn2;
        Unary conv3; // or null
        Unary bn3;
        Unary downsample; // or null
        private final int stride;

        Block(Config config, int in, int width, int stride, int dilation) {
            int out = config.bottleneck ? 4 * width : width;
            this.stride = stride;
            conv1 = config.bottleneck ? conv(in, width, 1, 1) : conv(in, width, 3, stride, dilation);
            bn1 = new BatchNorm2d(width);
            conv2 = config.bottleneck ? conv(width, width, 3, stride, dilation) : conv(width, width, 3, 1, dilation);
            bn2 = new BatchNorm2d(width);
            conv3 = config.bottleneck ? conv(width, out, 1, 1) : null;
            bn3 = config.bottleneck ? new BatchNorm2d(out) : null;
            downsample = in == out && stride == 1 || config.plainShortcuts ? null
                    : new Sequential(conv(in, out, 1, stride), new BatchNorm2d(out));
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = bn2.forward(conv2.forward(relu(this, bn1.forward(conv1.forward(x)))));
            if (conv3 != null) h = bn3.forward(conv3.forward(relu(this, h)));
            return hooked(relu(this, sum(h, downsample == null ? plain(x, h.size(1)) : downsample.forward(x))), x);
        }

        /** x itself or, where the shape changes, every {@code stride}-th pixel of it, zeros being the new channels. */
        private Tensor plain(Tensor x, long channels) {
            long more = channels - x.size(1);
            Tensor fewer = stride == 1 ? x : x.slice(2, 0, x.size(2), stride).slice(3, 0, x.size(3), stride);
            return more == 0 ? fewer : fewer.pad(0, 0, 0, 0, 0, more / 2, more - more / 2);
        }
    }

    private static Conv2d conv(int in, int out, int kernel, int stride) { return conv(in, out, kernel, stride, 1); }

    /** As torchvision: no bias before a batch norm, padding that keeps the size, Kaiming's normal by fan-out. */
    private static Conv2d conv(int in, int out, int kernel, int stride, int dilation) {
        var conv = new Conv2d(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(dilation * (kernel / 2))
                .dilation(dilation).noBias());
        Init.kaimingNormalFanOut().apply(conv.params().get("weight"));
        return conv;
    }
}

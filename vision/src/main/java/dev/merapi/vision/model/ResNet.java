package dev.merapi.vision.model;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Residual networks of basic blocks, with torchvision's parameter names (He et al. 2015, "Deep Residual Learning for
 * Image Recognition"). RGB (N, 3, H, W) to logits (N, classes).
 */
public final class ResNet extends Layer implements Unary {
    /**
     * @param blocks number of blocks in each of the four stages
     * @param smallImages whether to begin with a 3x3 convolution of stride 1 and no pooling, for 32x32 images, in place
     *     of ImageNet's 7x7 of stride 2 and max pooling
     */
    public record Config(List<Integer> blocks, boolean smallImages) {
        public static final Config RESNET18 = new Config(List.of(2, 2, 2, 2), false);
        public static final Config RESNET34 = new Config(List.of(3, 4, 6, 3), false);
        /** ResNet-18 for images such as CIFAR's. */
        public static final Config CIFAR_RESNET18 = new Config(List.of(2, 2, 2, 2), true);

        public Config {
            blocks = List.copyOf(blocks);
            if (blocks.size() != 4 || blocks.stream().anyMatch(n -> n < 1)) {
                throw new IllegalArgumentException("ResNet.Config.blocks: expected four stages of at least one block."
                        + " Received " + blocks);
            }
        }
    }

    Unary conv1;
    Unary bn1;
    Unary layer1;
    Unary layer2;
    Unary layer3;
    Unary layer4;
    Unary fc;
    private final Unary maxpool;

    public ResNet(Config config, int classes) {
        conv1 = config.smallImages ? conv(3, 64, 3, 1) : conv(3, 64, 7, 2);
        bn1 = new BatchNorm2d(64);
        maxpool = config.smallImages ? x -> x : new MaxPool2d(3, 2, 1);
        layer1 = stage(64, 64, config.blocks.get(0), 1);
        layer2 = stage(64, 128, config.blocks.get(1), 2);
        layer3 = stage(128, 256, config.blocks.get(2), 2);
        layer4 = stage(256, 512, config.blocks.get(3), 2);
        fc = new Linear(512, classes);
    }

    private static Sequential stage(int in, int out, int blocks, int stride) {
        return new Sequential(IntStream.range(0, blocks)
                .mapToObj(i -> i == 0 ? new Block(in, out, stride) : new Block(out, out, 1)).toList());
    }

    @Override public Tensor forward(Tensor x) {
        var h = maxpool.forward(bn1.forward(conv1.forward(x)).relu());
        h = layer4.forward(layer3.forward(layer2.forward(layer1.forward(h)))); // (N, 512, H', W')
        return hooked(fc.forward(F.adaptiveAvgPool(h, 1, 1).flatten(1, -1)), x);
    }

    /** Two 3x3 convolutions beside a shortcut, which is a 1x1 convolution where the shape changes. */
    static final class Block extends Layer implements Unary {
        Unary conv1;
        Unary bn1;
        Unary conv2;
        Unary bn2;
        Unary downsample; // or null

        Block(int in, int out, int stride) {
            conv1 = conv(in, out, 3, stride);
            bn1 = new BatchNorm2d(out);
            conv2 = conv(out, out, 3, 1);
            bn2 = new BatchNorm2d(out);
            downsample = in == out && stride == 1 ? null
                    : new Sequential(conv(in, out, 1, stride), new BatchNorm2d(out));
        }

        @Override public Tensor forward(Tensor x) {
            var h = bn2.forward(conv2.forward(bn1.forward(conv1.forward(x)).relu()));
            return hooked(h.add(downsample == null ? x : downsample.forward(x)).relu_(), x);
        }
    }

    /** As torchvision: no bias before a batch norm, padding that keeps the size, Kaiming's normal by fan-out. */
    private static Conv2d conv(int in, int out, int kernel, int stride) {
        var conv = new Conv2d(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(kernel / 2).noBias());
        Init.kaimingNormalFanOut().apply(conv.params().get("weight"));
        return conv;
    }
}

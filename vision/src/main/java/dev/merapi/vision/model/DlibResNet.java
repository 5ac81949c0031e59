package dev.merapi.vision.model;

import dev.merapi.nn.AvgPool2d;
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
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ResNet-34 of the dlib library, of which there are ImageNet weights in the public domain. It differs from
 * {@link ResNet} in that convolutions of stride 2 and the first pooling are not padded, that a shortcut to another
 * shape averages squares of 2x2 and adds channels of zeros, and that each batch norm has become a factor and a sum.
 * Parameters are named as those of {@link ResNet}. RGB (N, 3, H, W), made for 227x227 and of at least 127x127, to
 * logits (N, classes).
 */
public final class DlibResNet extends Backbone {
    private static final int[] BLOCKS = {3, 4, 6, 3};
    private static final int WIDTH = 64;

    Unary conv1;
    Unary bn1;
    @Name("") final Map<String, Unary> stages = new LinkedHashMap<>(); // layer1, layer2, …
    Unary fc;
    private final Unary maxpool = new MaxPool2d(3, 2, 0);
    private final List<Level> levels = new ArrayList<>(List.of(new Level(WIDTH, 2)));

    /** For images of 3 channels; weights are random. */
    public DlibResNet(int classes) {
        conv1 = conv(3, WIDTH, 7, 2);
        bn1 = new Affine(WIDTH);
        int in = WIDTH;
        for (int i = 0; i < BLOCKS.length; i++) {
            int width = WIDTH << i;
            var blocks = new ArrayList<Block>();
            for (int j = 0; j < BLOCKS[i]; j++) {
                blocks.add(new Block(in, width, i > 0 && j == 0 ? 2 : 1));
                in = width;
            }
            stages.put("layer" + (i + 1), new Sequential(blocks));
            levels.add(new Level(width, 4 << i));
        }
        fc = new Linear(in, classes);
    }

    private static Conv2d conv(int in, int out, int kernel, int stride) {
        var conv = new Conv2d(in, out, kernel, ConvOptions.DEFAULT.stride(stride)
                .padding(stride == 1 ? kernel / 2 : 0).noBias());
        Init.kaimingNormalFanOut().apply(conv.params().get("weight"));
        return conv;
    }

    @Override public List<Level> levels() { return List.copyOf(levels); }

    @Override public int width() { return levels.getLast().channels(); }

    @Override public List<String> heads() { return List.of("fc"); }

    @Override public List<Tensor> features(Tensor x) {
        var maps = new ArrayList<Tensor>();
        Tensor h = relu(this, bn1.forward(conv1.forward(x)));
        maps.add(h);
        h = maxpool.forward(h);
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

    /** y = weight · x + bias for each channel: a batch norm whose statistics are part of its weights. */
    static final class Affine extends Layer implements Unary {
        final Param weight; // (channels)
        final Param bias; // (channels)

        Affine(int channels) {
            weight = param(Init.ones(), channels);
            bias = param(Init.zeros(), channels);
        }

        @Override public Tensor forward(Tensor x) {
            return hooked(x.mul(weight.view(-1, 1, 1)).add(bias.view(-1, 1, 1)), x);
        }
    }

    /** Two convolutions beside a shortcut. */
    static final class Block extends Layer implements Unary {
        Unary conv1;
        Unary bn1;
        Unary conv2;
        Unary bn2;
        private final Unary shortcut; // null for x itself

        Block(int in, int out, int stride) {
            conv1 = conv(in, out, 3, stride);
            bn1 = new Affine(out);
            conv2 = conv(out, out, 3, 1);
            bn2 = new Affine(out);
            shortcut = stride == 1 ? null : new AvgPool2d(2);
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = bn2.forward(conv2.forward(relu(this, bn1.forward(conv1.forward(x)))));
            return hooked(relu(this, shortcut == null ? h.add(x) : sum(h, shortcut.forward(x))), x);
        }

        /** Of maps that may differ in size and channels: what one lacks, at the end, is 0. */
        private static Tensor sum(Tensor a, Tensor b) {
            long channels = a.size(1), height = Math.max(a.size(2), b.size(2)), width = Math.max(a.size(3), b.size(3));
            return filled(a, channels, height, width).add(filled(b, channels, height, width));
        }

        private static Tensor filled(Tensor x, long channels, long height, long width) {
            return x.pad(0, 0, width - x.size(3), 0, height - x.size(2), 0, channels - x.size(1));
        }
    }
}

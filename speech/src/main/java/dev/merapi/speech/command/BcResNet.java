package dev.merapi.speech.command;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;

/**
 * Residual blocks of which one part sees the bands and the other time alone (Kim et al. 2021, "Broadcasted Residual
 * Learning for Efficient Keyword Spotting", <a href="https://arxiv.org/abs/2106.04140">arXiv:2106.04140</a>, table 1).
 * Shapes: x (N, 40, T) to logits (N, classes); the bands may be a multiple of 20.
 */
public final class BcResNet extends Layer implements Unary {
    private static final int[] DEPTHS = {2, 2, 4, 4};
    private static final double[] WIDTHS = {8, 12, 16, 20};
    private static final int[] STRIDES = {1, 2, 2, 1};

    final Sequential stem;
    final Sequential blocks;
    final Sequential head;
    Unary classifier;

    /**
     * With new weights.
     *
     * @param scale the paper's τ, by which all widths are multiplied: 1 to 8 there
     */
    public BcResNet(double scale, int classes) {
        Expect.atLeast("BcResNet.scale", 1, scale);
        int first = (int) (16 * scale);
        stem = new Sequential(new Conv2d(1, first, 5, ConvOptions.DEFAULT.stride(2, 1).padding(2).noBias()),
                new BatchNorm2d(first), new Relu());
        var all = new ArrayList<Unary>();
        int in = first;
        for (int stage = 0; stage < DEPTHS.length; stage++) {
            int out = (int) (WIDTHS[stage] * scale);
            for (int i = 0; i < DEPTHS[stage]; i++) {
                all.add(new BroadcastBlock(in, out, i == 0 ? STRIDES[stage] : 1, 1 << stage, i == 0));
                in = out;
            }
        }
        blocks = new Sequential(all);
        int last = (int) (32 * scale);
        head = new Sequential(new Conv2d(in, in, 5, ConvOptions.DEFAULT.padding(0, 2).groups(in).noBias()),
                new Conv2d(in, last, 1, ConvOptions.DEFAULT.noBias()), new BatchNorm2d(last), new Relu());
        classifier = new Conv2d(last, classes, 1);
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = head.forward(blocks.forward(stem.forward(x.unsqueeze(1)))); // (N, C, 1, T)
        return hooked(classifier.forward(y.mean(new long[] {2, 3}, true)).flatten(1, 3), x);
    }
}

package dev.merapi.speech.synthesis;

import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.ConvTranspose1d;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.speech.layer.WeightNormConv1d;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples from mel bands: transposed convolutions make more and more frames, and after each several residual blocks of
 * different reach are averaged (Kong et al. 2020, "HiFi-GAN", <a
 * href="https://arxiv.org/abs/2010.05646">arXiv:2010.05646</a>). Shapes: bands (B, M, T) to samples (B, 1, T · hop).
 */
public final class HifiGenerator extends Layer implements Unary {
    private static final double SLOPE = 0.1;
    private static final int[] KERNELS = {3, 7, 11};
    private static final int[] DILATIONS = {1, 3, 5};

    /** Two convolutions for each dilation, around which the input goes. */
    private static final class Reach extends Layer implements Unary {
        final List<Unary> first = new ArrayList<>();
        final List<Unary> second = new ArrayList<>();

        Reach(int channels, int kernel) {
            for (int dilation : DILATIONS) {
                first.add(conv(channels, channels, kernel, dilation));
                second.add(conv(channels, channels, kernel, 1));
            }
        }

        @Override public Tensor forward(Tensor x) {
            Tensor y = x;
            for (int i = 0; i < first.size(); i++) {
                Tensor z = first.get(i).forward(F.leakyRelu(y, SLOPE));
                y = y.add(second.get(i).forward(F.leakyRelu(z, SLOPE)));
            }
            return hooked(y, x);
        }
    }

    Unary before;
    final List<Unary> ups = new ArrayList<>();
    final List<List<Reach>> blocks = new ArrayList<>();
    Unary after;

    /**
     * With new weights.
     *
     * @param channels of the first layer, halved at each step: 512 in the paper's V1, 128 in V2
     * @param rates by which frames become more, whose product is the hop
     */
    public HifiGenerator(int bands, int channels, List<Integer> rates) {
        Expect.that(channels >> rates.size() >= 1, "HifiGenerator.channels", "enough to be halved " + rates.size()
                + " times", channels);
        before = conv(bands, channels, 7, 1);
        int width = channels;
        for (int rate : rates) {
            Expect.that(rate >= 2 && rate % 2 == 0, "HifiGenerator.rates", "even numbers", rates);
            var up = new ConvTranspose1d(width, width / 2, 2 * rate, rate, rate / 2);
            Init.normal(0, 0.01).apply(up.params().get("weight"));
            ups.add(up);
            width /= 2;
            var reaches = new ArrayList<Reach>();
            for (int kernel : KERNELS) reaches.add(new Reach(width, kernel));
            blocks.add(reaches);
        }
        after = conv(width, 1, 7, 1);
    }

    private static WeightNormConv1d conv(int in, int out, int kernel, int dilation) {
        return new WeightNormConv1d(in, out, kernel, ConvOptions.SAME.dilation(dilation), 0).normal(0.01);
    }

    @Override public Tensor forward(Tensor bands) {
        Tensor x = before.forward(bands);
        for (int i = 0; i < ups.size(); i++) {
            Tensor y = ups.get(i).forward(F.leakyRelu(x, SLOPE));
            Tensor sum = null;
            for (var reach : blocks.get(i)) {
                Tensor z = reach.forward(y);
                sum = sum == null ? z : sum.add(z);
            }
            x = sum.div(KERNELS.length);
        }
        return hooked(after.forward(F.leakyRelu(x, SLOPE)).tanh(), bands);
    }
}

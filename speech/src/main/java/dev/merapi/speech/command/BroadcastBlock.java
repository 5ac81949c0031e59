package dev.merapi.speech.command;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * Convolves over the bands, and then, of their mean, over time, whose result is added to every band: <i>y = x + f₂(x) +
 * broadcast(f₁(mean(f₂(x))))</i>. One that changes the channels or the bands has no x in its sum.
 *
 * <p>N batch, C channels, B bands, T frames.
 */
final class BroadcastBlock extends Layer implements Unary {
    private static final int PARTS = 5; // of the bands, of which each has statistics of its own
    private static final double DROPOUT = 0.1;

    final Sequential change; // of the channels; or null
    final Sequential overBands;
    final Sequential overTime;
    Unary mix;

    /**
     * @param stride over the bands
     * @param dilation over time
     */
    BroadcastBlock(int in, int out, int stride, int dilation, boolean changes) {
        change = changes ? new Sequential(pointwise(in, out), new BatchNorm2d(out), Tensor::relu) : null;
        overBands = new Sequential(
                new Conv2d(out, out, 3, 1, ConvOptions.DEFAULT.stride(stride, 1).padding(1, 0).groups(out).noBias()),
                new SubSpectralNorm(out, PARTS));
        overTime = new Sequential(
                new Conv2d(out, out, 1, 3, ConvOptions.DEFAULT.padding(0, dilation).dilation(1, dilation).groups(out)
                        .noBias()),
                new BatchNorm2d(out), F::silu);
        mix = pointwise(out, out);
    }

    private static Conv2d pointwise(int in, int out) { return new Conv2d(in, out, 1, ConvOptions.DEFAULT.noBias()); }

    @Override public Tensor forward(Tensor x) {
        Tensor bands = overBands.forward(change == null ? x : change.forward(x)); // (N, C, B, T)
        Tensor time = mix.forward(overTime.forward(bands.mean(new long[] {2}, true))); // (N, C, 1, T)
        Tensor sum = bands.add(dropChannels(time));
        return hooked((change == null ? sum.add(x) : sum).relu(), x);
    }

    /** Whole channels, as torch's {@code Dropout2d}. */
    private Tensor dropChannels(Tensor x) {
        if (!isTraining()) return x;
        return x.mul(F.dropout(x.newOnes(x.size(0), x.size(1), 1, 1), DROPOUT, true));
    }
}

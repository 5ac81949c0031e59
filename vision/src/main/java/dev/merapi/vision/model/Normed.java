package dev.merapi.vision.model;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes convolutions with a batch norm and an activation behind them, named 0 and 1: torchvision's
 * {@code Conv2dNormActivation}.
 *
 * @param eps of the norms
 * @param momentum of the norms
 * @param atEnd whether an odd pixel of padding comes at the end, as TensorFlow has it, rather than at the beginning
 */
record Normed(double eps, double momentum, boolean atEnd) {
    static final Normed USUAL = new Normed(1e-5, 0.1, false);
    /** Norms as TensorFlow's, where some networks were first trained. */
    static final Normed TENSORFLOW = new Normed(1e-3, 0.01, false);
    /** Padding as TensorFlow's, too. */
    static final Normed WHOLLY_TENSORFLOW = new Normed(1e-3, 0.01, true);

    /** As {@link #conv(int, int, int, int, int, int, Unary)}, of taps side by side. */
    Sequential conv(int in, int out, int kernel, int stride, int groups, Unary activation) {
        return conv(in, out, kernel, stride, 1, groups, activation);
    }

    /**
     * Padded so that stride 1 keeps the size.
     *
     * @param activation null for none
     */
    Sequential conv(int in, int out, int kernel, int stride, int dilation, int groups, Unary activation) {
        var options = ConvOptions.DEFAULT.stride(stride).dilation(dilation).groups(groups).noBias();
        int padding = dilation * (kernel / 2);
        Unary conv = atEnd && stride > 1
                ? new PaddedAtEnd(new Conv2d(in, out, kernel, options), kernel, stride)
                : new Conv2d(in, out, kernel, options.padding(padding));
        var layers = new ArrayList<Unary>(List.of(conv, norm(out)));
        if (activation != null) layers.add(activation);
        return new Sequential(layers);
    }

    BatchNorm2d norm(int channels) { return new BatchNorm2d(channels, eps, momentum, true); }
}

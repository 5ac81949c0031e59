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
 */
record Normed(double eps, double momentum) {
    static final Normed USUAL = new Normed(1e-5, 0.1);
    /** As TensorFlow, where some networks were first trained. */
    static final Normed TENSORFLOW = new Normed(1e-3, 0.01);

    /**
     * Padded so that stride 1 keeps the size.
     *
     * @param activation null for none
     */
    Sequential conv(int in, int out, int kernel, int stride, int groups, Unary activation) {
        var layers = new ArrayList<Unary>(List.of(
                new Conv2d(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(kernel / 2).groups(groups)
                        .noBias()),
                norm(out)));
        if (activation != null) layers.add(activation);
        return new Sequential(layers);
    }

    BatchNorm2d norm(int channels) { return new BatchNorm2d(channels, eps, momentum, true); }
}

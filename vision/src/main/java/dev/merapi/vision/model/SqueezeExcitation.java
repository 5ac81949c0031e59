package dev.merapi.vision.model;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * Multiplies each channel by a number that it computes from the averages of all (Hu et al. 2017, arXiv:1709.01507).
 * Shapes: x (N, C, H, W) to the same.
 */
final class SqueezeExcitation extends Layer implements Unary {
    Unary fc1;
    Unary fc2;
    private final Unary activation;
    private final Unary gate;

    SqueezeExcitation(int channels, int squeezed, Unary activation, Unary gate) {
        fc1 = new Conv2d(channels, squeezed, 1);
        fc2 = new Conv2d(squeezed, channels, 1);
        this.activation = activation;
        this.gate = gate;
    }

    @Override public Tensor forward(Tensor x) {
        Tensor s = activation.forward(fc1.forward(F.adaptiveAvgPool(x, 1, 1))); // (N, squeezed, 1, 1)
        return hooked(x.mul(gate.forward(fc2.forward(s))), x);
    }
}

package dev.merapi.speech.command;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;

/**
 * A batch norm for each of several parts of the bands (Chang et al. 2021, "SubSpectral Normalization for Neural Audio
 * Data Processing", arXiv:2103.13620). Shapes: x (N, C, bands, T) to the same.
 */
final class SubSpectralNorm extends Layer implements Unary {
    Unary norm;
    private final int parts;

    SubSpectralNorm(int channels, int parts) {
        this.parts = parts;
        norm = new BatchNorm2d(channels * parts);
    }

    @Override public Tensor forward(Tensor x) {
        long[] shape = x.shape();
        Expect.that(shape[2] % parts == 0, "SubSpectralNorm", "bands that " + parts + " divides",
                Shapes.toString(shape));
        Tensor split = x.reshape(shape[0], shape[1] * parts, shape[2] / parts, shape[3]);
        return hooked(norm.forward(split).reshape(shape), x);
    }
}

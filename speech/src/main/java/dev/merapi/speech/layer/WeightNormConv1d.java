package dev.merapi.speech.layer;

import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.stream.IntStream;

/**
 * Convolution over sequences whose weight is a length times a direction, <i>w = g · v / ‖v‖</i>, as torch's
 * {@code weight_norm} names them (Salimans and Kingma 2016, arXiv:1602.07868). Shapes: x (N, in, L) to (N, out, L').
 */
public final class WeightNormConv1d extends Layer implements Unary {
    final Param weightG;
    final Param weightV; // (out, in / groups, kernel)
    final Param bias; // (out)
    private final ConvOptions options;
    private final long[] others; // the axes over which a length is taken

    /** @param dim the axis of the weight along which there are lengths: 0 for one of each output, 2 of each tap */
    public WeightNormConv1d(int in, int out, int kernel, ConvOptions options, int dim) {
        this(in, out, kernel, options, dim, 1 / Math.sqrt((double) in / options.groups() * kernel));
    }

    private WeightNormConv1d(int in, int out, int kernel, ConvOptions options, int dim, double bound) {
        this.options = options;
        others = IntStream.range(0, 3).filter(axis -> axis != dim).mapToLong(axis -> axis).toArray();
        weightV = param(Init.uniform(-bound, bound), out, in / options.groups(), kernel);
        bias = param(Init.uniform(-bound, bound), out);
        var lengths = new long[] {1, 1, 1};
        lengths[dim] = weightV.size(dim);
        weightG = param(t -> t.copy_(lengths()), lengths);
    }

    private Tensor lengths() { return weightV.square().sum(others, true).sqrt(); }

    /** The same with a direction drawn from a normal distribution, as vocoders begin. */
    public WeightNormConv1d normal(double std) {
        Init.normal(0, std).apply(weightV);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            weightG.copy_(lengths());
        }
        return this;
    }

    @Override public Tensor forward(Tensor x) {
        return hooked(F.conv(x, weightV.mul(weightG.div(lengths())), bias, options), x);
    }
}

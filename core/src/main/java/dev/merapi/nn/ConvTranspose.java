package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.stream.LongStream;

/**
 * Transposed convolution, which makes its input larger: the gradient of {@link Conv} as a forward map.
 * Shapes: x (N, in, L…) to y (N, out, L'…), where L' = (L - 1)·stride - 2·padding + dilation·(kernel - 1) +
 * outputPadding + 1. Zeiler et al. 2010.
 *
 * <p>Throws {@link IllegalArgumentException} for an x of another rank or number of channels.
 */
public abstract sealed class ConvTranspose extends Layer implements Unary permits ConvTranspose1d, ConvTranspose2d {
    final Param weight; // (in, out / groups, kernel…), torch's layout
    final Param bias; // (out), or null
    private final int in;
    private final ConvOptions options;

    ConvTranspose(int in, int out, long[] kernel, ConvOptions options) {
        this.in = in;
        this.options = options;
        int groups = options.groups();
        Expect.that(in % groups == 0 && out % groups == 0, getClass().getSimpleName(),
                "channels that " + groups + " groups divide", in + " in and " + out + " out");
        long[] more = Sizes.of(options.outputPadding(), kernel.length);
        long[] stride = Sizes.of(options.stride(), kernel.length);
        long[] dilation = Sizes.of(options.dilation(), kernel.length);
        for (int i = 0; i < more.length; i++) {
            Expect.that(more[i] < Math.max(stride[i], dilation[i]), getClass().getSimpleName(),
                    "an output padding below stride or dilation", more[i]);
        }
        double bound = 1 / Math.sqrt((double) out / groups * Shapes.numel(kernel)); // as torch.nn.ConvTranspose2d
        var shape = LongStream.concat(LongStream.of(in, out / groups), LongStream.of(kernel)).toArray();
        this.weight = Conv.channelsLast(param(Init.uniform(-bound, bound), shape));
        this.bias = options.bias() ? param(Init.uniform(-bound, bound), out) : null;
    }

    @Override public final Tensor forward(Tensor x) {
        return hooked(F.convTranspose(Inputs.channels(this, x, weight.rank(), in), weight, bias, options), x);
    }
}

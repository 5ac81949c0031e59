package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * Convolution over 1, 2 or 3 axes: each output is the product of the kernel with the patch below it. Shapes:
 * x (N, in, L…) to y (N, out, L'…), where L' = ⌊(L + 2·padding - dilation·(kernel - 1) - 1) / stride⌋ + 1.
 *
 * <p>Throws {@link IllegalArgumentException} for an x of another rank or number of channels.
 */
public abstract sealed class Conv extends Layer implements Unary permits Conv1d, Conv2d, Conv3d {
    final Param weight; // (out, in / groups, kernel…), torch's layout
    final Param bias; // (out), or null
    private final int in;
    private final ConvOptions options;

    Conv(int in, int out, long[] kernel, ConvOptions options) {
        this.in = in;
        this.options = options;
        int groups = options.groups();
        Expect.that(in % groups == 0 && out % groups == 0, getClass().getSimpleName(),
                "channels that " + groups + " groups divide", in + " in and " + out + " out");
        double bound = 1 / Math.sqrt((double) in / groups * Shapes.numel(kernel)); // as torch.nn.Conv2d
        var shape = LongStream.concat(LongStream.of(out, in / groups), LongStream.of(kernel)).toArray();
        this.weight = channelsLast(param(Init.uniform(-bound, bound), shape));
        this.bias = options.bias() ? param(Init.uniform(-bound, bound), out) : null;
    }

    /** Stride, padding and all else beside the weights. */
    public final ConvOptions options() { return options; }

    /**
     * With images laid out channels last, convolutions run about twice as fast: a weight that is, asks for
     * it.
     */
    static Param channelsLast(Param weight) {
        if (weight.rank() == 4) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                weight.set(Tensor.call("clone", "", weight, MemoryFormat.ChannelsLast));
            }
        }
        return weight;
    }

    @Override public final Tensor forward(Tensor x) {
        Inputs.convolved(this, Inputs.channels(this, x, weight.rank(), in), weight.shape(), options);
        return hooked(F.conv(x, weight, bias, options), x);
    }

    static long[] kernel(int size, int dims) { return LongStream.generate(() -> size).limit(dims).toArray(); }
}

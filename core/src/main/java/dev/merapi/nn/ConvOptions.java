package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * How a convolution moves over its input. Start from {@link #DEFAULT} or {@link #SAME}:
 *
 * <pre>{@code
 * new Conv2d(64, 64, 3, ConvOptions.DEFAULT.stride(2).padding(1).noBias());
 * }</pre>
 *
 * Sizes are one for all axes, or one for each.
 *
 * @param stride steps between outputs
 * @param padding positions added at both ends of each axis; empty for "same": as many as keep the size, the odd one at
 *     the end
 * @param dilation distance between the taps of the kernel
 * @param groups parts of the channels that do not see each other; as many as input channels for a depthwise convolution
 * @param bias whether a bias is added
 * @param mode what the padding holds
 * @param outputPadding of transposed convolutions: positions added at the end of the output
 */
public record ConvOptions(List<Integer> stride, List<Integer> padding, List<Integer> dilation, int groups, boolean bias,
        PaddingMode mode, List<Integer> outputPadding) {
    /** Stride 1, no padding, no dilation, one group, with bias. */
    public static final ConvOptions DEFAULT = new ConvOptions(Sizes.list(1), Sizes.list(0), Sizes.list(1), 1, true,
            PaddingMode.ZEROS, Sizes.list(0));

    /** As {@link #DEFAULT}, padded so that the output has the input's size. */
    public static final ConvOptions SAME = new ConvOptions(Sizes.list(1), List.of(), Sizes.list(1), 1, true,
            PaddingMode.ZEROS, Sizes.list(0));

    public ConvOptions {
        Sizes.check("ConvOptions.stride", stride, 1);
        if (!padding.isEmpty()) Sizes.check("ConvOptions.padding", padding, 0);
        Sizes.check("ConvOptions.dilation", dilation, 1);
        Sizes.check("ConvOptions.outputPadding", outputPadding, 0);
        Expect.atLeast("ConvOptions.groups", 1, groups);
        Expect.that(!padding.isEmpty() || stride.stream().allMatch(s -> s == 1), "ConvOptions.stride",
                "stride 1 with padding \"same\"", stride);
    }

    /** The same with other steps of the kernel: one for all axes, or one for each. */
    public ConvOptions stride(int... sizes) {
        return new ConvOptions(Sizes.list(sizes), padding, dilation, groups, bias, mode, outputPadding);
    }

    /** The same with so many positions added at both ends of each axis. */
    public ConvOptions padding(int... sizes) {
        return new ConvOptions(stride, Sizes.list(sizes), dilation, groups, bias, mode, outputPadding);
    }

    /** The same with other distances between the positions that the kernel sees. */
    public ConvOptions dilation(int... sizes) {
        return new ConvOptions(stride, padding, Sizes.list(sizes), groups, bias, mode, outputPadding);
    }

    /** The same with channels in so many groups, each convolved for itself. */
    public ConvOptions groups(int count) {
        return new ConvOptions(stride, padding, dilation, count, bias, mode, outputPadding);
    }

    /** The same without a bias. */
    public ConvOptions noBias() {
        return new ConvOptions(stride, padding, dilation, groups, false, mode, outputPadding);
    }

    /** The same with other values in the padding. */
    public ConvOptions mode(PaddingMode padded) {
        return new ConvOptions(stride, padding, dilation, groups, bias, padded, outputPadding);
    }

    /** The same with so many positions more at the end of a transposed convolution's output. */
    public ConvOptions outputPadding(int... sizes) {
        return new ConvOptions(stride, padding, dilation, groups, bias, mode, Sizes.list(sizes));
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import org.bytedeco.pytorch.global.torch;

/** {@link F#conv}, in the layouts that are fast and right here. */
final class Convolution {
    private Convolution() {}

    static Tensor of(Tensor x, Tensor weight, Tensor bias, ConvOptions options) {
        int dims = F.axes("F.conv", weight, 3);
        long[] stride = Sizes.of(options.stride(), dims);
        long[] dilation = Sizes.of(options.dilation(), dims);
        long[] before = new long[dims]; // padding
        long[] after = new long[dims];
        for (int i = 0; i < dims; i++) {
            boolean same = options.padding().isEmpty();
            long both = same ? dilation[i] * (weight.size(i + 2) - 1) : 0;
            before[i] = same ? both / 2 : Sizes.of(options.padding(), dims)[i];
            after[i] = same ? both - before[i] : before[i];
        }
        boolean padsFirst = options.mode() != PaddingMode.ZEROS || !Arrays.equals(before, after);
        Tensor padded = padsFirst ? F.pad(x, pairs(before, after), options.mode()) : x;
        long[] inside = padsFirst ? new long[dims] : before;
        if (dims == 2 && overflows(weight, inside, options.groups())) {
            padded = padded.slice(2, 0, padded.size(2), stride[0]).slice(3, 0, padded.size(3), stride[1]);
            stride = new long[] {1, 1};
        }
        boolean byGroups = dims == 2 && goesByGroups(x, options.groups());
        Tensor input = byGroups ? padded.contiguous() : dims == 2 ? likeWeight(padded, weight) : padded;
        // flat in between, for the strides of kernels over one channel are those of channels last and contiguous too
        Tensor kernel = byGroups ? weight.reshape(-1).reshape(weight.shape()) : weight;
        Tensor y = OnMeta.is(x)
                ? OnMeta.result("F.conv", OnMeta.convolved(input, weight, stride, inside, dilation), x, weight, bias)
                : run(dims, input, kernel, bias, stride, inside, dilation, options.groups());
        long[] step = stride;
        return Watches.ran(Watches.product(weight, y, y), () -> new Operation.Convolution(input, weight, bias, step,
                inside, dilation, options.groups()));
    }

    /**
     * oneDNN writes past its memory in the gradient of a channels-last kernel of one tap and fewer than 16 input
     * channels that moves by more than one step (github.com/uxlfoundation/oneDNN/issues/6035): what such a kernel sees
     * is picked out for it.
     */
    private static boolean overflows(Tensor weight, long[] padding, int groups) {
        return weight.size(2) == 1 && weight.size(3) == 1 && weight.size(1) < 16 && groups == 1
                && padding[0] == 0 && padding[1] == 0;
    }

    /**
     * Whether libtorch convolves group by group: of channels that lie last it gathers each group's from all of memory,
     * which took ten times as long for 64 groups of one channel.
     */
    private static boolean goesByGroups(Tensor x, int groups) {
        return groups > 1 && x.device().equals(Device.CPU) && !Torch.hasOneDnn();
    }

    private static Tensor run(int dims, Tensor x, Tensor weight, Tensor bias, long[] stride, long[] padding,
            long[] dilation, int groups) {
        return Tensor.wrap("conv" + dims + "d", () -> {
            var w = weight.unwrap();
            try (var b = F.optional(bias)) {
                return switch (dims) {
                    case 1 -> torch.conv1d(x.unwrap(), w, b, stride, padding, dilation, groups);
                    case 2 -> torch.conv2d(x.unwrap(), w, b, stride, padding, dilation, groups);
                    default -> torch.conv3d(x.unwrap(), w, b, stride, padding, dilation, groups);
                };
            }
        }, x, weight, bias, stride, padding, dilation, groups);
    }

    /** Once here, instead of in the convolution's forward and again in its backward. */
    static Tensor likeWeight(Tensor x, Tensor weight) {
        return weight.isChannelsLast() && !x.isChannelsLast() ? x.channelsLast() : x;
    }

    private static long[] pairs(long[] before, long[] after) {
        int dims = before.length;
        var sizes = new long[2 * dims];
        for (int i = 0; i < dims; i++) {
            sizes[2 * i] = before[dims - 1 - i];
            sizes[2 * i + 1] = after[dims - 1 - i];
        }
        return sizes;
    }
}

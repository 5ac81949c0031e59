package dev.merapi.bench.raw;

import dev.merapi.bench.Recordings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Makes a network's parameters and remembers them for the optimizer. */
final class Params {
    private final List<Tensor> all = new ArrayList<>();

    /**
     * Normal with He's deviation √(2 / fan-in), where the first axis counts the outputs; channels_last if it
     * is a convolution's.
     */
    Tensor weight(long... shape) {
        long fanIn = Arrays.stream(shape, 1, shape.length).reduce(1, (a, b) -> a * b);
        Tensor weight = torch.randn(shape).mul(new Scalar(Math.sqrt(2.0 / fanIn)));
        return add(shape.length == 4 ? weight.contiguous(MemoryFormat.ChannelsLast) : weight);
    }

    /** A bias, or the scale of a normalisation: {@code size} times the same value. */
    TensorOptional vector(double value, long size) {
        return new TensorOptional(add(torch.full(new long[] {size}, new Scalar(value))));
    }

    /** Of {@link Recordings#weights}, with which every contender begins; channels_last if it is a convolution's. */
    Tensor given(String name, long... shape) {
        Tensor weight = torch.tensor(Recordings.weights(name, shape)).view(shape);
        return add(shape.length == 4 ? weight.contiguous(MemoryFormat.ChannelsLast) : weight);
    }

    private Tensor add(Tensor tensor) {
        all.add(tensor.set_requires_grad(true));
        return tensor;
    }

    Tensor[] all() { return all.toArray(Tensor[]::new); }
}

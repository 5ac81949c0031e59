package dev.merapi.nn;

import dev.merapi.internal.Engine;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Recording;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Affine maps of a few vectors, as when text is generated: their time is that of reading the weight. MKL's kernels read
 * it on one thread, oneDNN's on all; for a single short vector, dot products with the rows are faster still.
 */
final class FewRows {
    private static final int ROWS = 8; // from 16 on, MKL is as fast
    private static final int LARGE = 1 << 16; // elements of a weight from which a second thread pays
    private static final int SHORT = 3072; // elements of a vector that stays in the first cache while rows pass by

    private FewRows() {}

    /** Whether {@link #linear} is the faster way: oneDNN's operator has no gradient. */
    static boolean suits(Tensor x, Tensor weight) {
        return !Torch.isGradEnabled() && weight.numel() >= LARGE && x.numel() <= ROWS * weight.size(1)
                && x.dtype() == DType.FLOAT32 && weight.dtype() == DType.FLOAT32
                && x.device().equals(Device.CPU) && Engine.hasOneDnn() && !Recording.isOn();
    }

    /** As {@link F#linear}. */
    static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        long in = weight.size(1);
        boolean isShort = x.numel() == in && in <= SHORT && weight.isContiguous();
        return isShort ? dots(x, weight, bias) : product(x, weight, bias);
    }

    /**
     * Dot products of one vector with the rows of the weight. The engine has an operator that does nothing else, on all
     * threads and at the speed of the memory: the gradient of a weighted embedding bag by the weights of its samples.
     */
    private static Tensor dots(Tensor x, Tensor weight, Tensor bias) {
        long in = weight.size(1);
        long out = weight.size(0);
        var bag = Bag.of((int) out);
        Tensor y = Tensor.call("_embedding_bag_per_sample_weights_backward", "", x.view(1, in), weight, bag.rows,
                bag.starts, bag.bags, Bag.SUM, -1);
        long[] shape = x.shape();
        shape[shape.length - 1] = out;
        return (bias == null ? y : y.add(bias)).view(shape);
    }

    /**
     * A single bag with all rows of a table: which rows, where each bag starts, and in which bag each row is. The
     * engine's own tensors, kept for good: a model has few sizes.
     */
    private record Bag(org.bytedeco.pytorch.Tensor rows, org.bytedeco.pytorch.Tensor starts,
            org.bytedeco.pytorch.Tensor bags) {
        static final int SUM = 0; // the mode
        private static final Map<Integer, Bag> OF_SIZE = new ConcurrentHashMap<>();

        static Bag of(int rows) {
            return OF_SIZE.computeIfAbsent(rows, _ -> {
                try (var _ = Scope.open()) {
                    Tensor zeros = Tensor.empty(Device.CPU, DType.INT32, rows).zero_();
                    Tensor all = zeros.newArange(rows).to(DType.INT32);
                    return new Bag(kept(all), kept(zeros.narrow(0, 0, 1)), kept(zeros));
                }
            });
        }

        private static org.bytedeco.pytorch.Tensor kept(Tensor tensor) {
            return new org.bytedeco.pytorch.Tensor(tensor.unwrap());
        }
    }

    private static Tensor product(Tensor x, Tensor weight, Tensor bias) {
        return Tensor.call("mkldnn::_linear_pointwise", "", x, weight, bias, "none", new Number[0], null);
    }
}

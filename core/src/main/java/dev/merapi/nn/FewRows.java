package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/**
 * Affine maps of a few vectors, as when text is generated: their time is that of reading the weight. MKL's kernels read
 * it on one thread, oneDNN's on all.
 */
final class FewRows {
    private static final int ROWS = 8; // from 16 on, MKL is as fast
    private static final int LARGE = 1 << 16; // elements of a weight from which a second thread pays

    private FewRows() {}

    /** Whether {@link #linear} is the faster way: oneDNN's operator has no gradient. */
    static boolean suits(Tensor x, Tensor weight) {
        return !Torch.isGradEnabled() && weight.numel() >= LARGE && x.numel() <= ROWS * weight.size(1)
                && x.dtype() == DType.FLOAT32 && weight.dtype() == DType.FLOAT32
                && x.device().equals(Device.CPU) && torch.hasMKLDNN();
    }

    /** As {@link F#linear}. */
    static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        boolean single = x.numel() == weight.size(1) && weight.isContiguous();
        return single ? oneRow(x, weight, bias) : product(x, weight, bias);
    }

    /**
     * One vector reads the weight a fifth faster as two: rows end to end, in pairs, are rows of twice the length, whose
     * halves the vector multiplies in two copies, (x, 0) and (0, x).
     */
    private static Tensor oneRow(Tensor x, Tensor weight, Tensor bias) {
        long in = weight.size(1);
        long out = weight.size(0);
        long pairs = out / 2;
        Tensor copies = Tensor.eye(2).unsqueeze(2).mul(x.reshape(in)).view(2, 2 * in);
        Tensor halves = product(copies, weight.narrow(0, 0, 2 * pairs).view(pairs, 2 * in), null); // (2, pairs)
        Tensor y = halves.mT().reshape(2 * pairs);
        if (out % 2 == 1) {
            Tensor last = product(x.reshape(1, in), weight.narrow(0, out - 1, 1), null);
            y = Tensor.cat(List.of(y, last.view(1)), 0);
        }
        long[] shape = x.shape();
        shape[shape.length - 1] = out;
        return (bias == null ? y : y.add(bias)).view(shape);
    }

    private static Tensor product(Tensor x, Tensor weight, Tensor bias) {
        return Tensor.call("mkldnn::_linear_pointwise", "", x, weight, bias, "none", new Number[0], null);
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
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
        return Tensor.call("mkldnn::_linear_pointwise", "", x, weight, bias, "none", new Number[0], null);
    }
}

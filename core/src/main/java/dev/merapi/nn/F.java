package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layers' formulas as functions: state comes in as arguments. */
public final class F {
    private F() {}

    /** y = x Wᵀ + b. Shapes: x (…, in), weight (out, in), bias (out) or null, to (…, out). */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return Tensor.wrap(() -> {
            try (var b = optional(bias)) {
                return torch.linear(x.unwrap(), weight.unwrap(), b);
            }
        });
    }

    private static TensorOptional optional(Tensor t) {
        return t == null ? new TensorOptional() : new TensorOptional(t.unwrap());
    }
}

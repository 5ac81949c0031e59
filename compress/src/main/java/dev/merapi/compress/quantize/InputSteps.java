package dev.merapi.compress.quantize;

import dev.merapi.tensor.Tensor;

/**
 * Even steps that inputs are rounded to: q = round(x / scale) + zeroPoint, from 0 to most. Zero is one of them.
 *
 * @param most 255, or 127 for processors whose sums of two products have 16 bits
 */
record InputSteps(double scale, int zeroPoint, int most) {
    private static final double LEAST = Math.ulp(1f); // PyTorch's

    /** Those of a range, as PyTorch's observers have them. */
    static InputSteps of(Observer.Range range, int most) {
        double low = Math.min(0, range.low()), high = Math.max(0, range.high());
        double scale = (float) Math.max(LEAST, (high - low) / most);
        return new InputSteps(scale, Math.clamp(-Math.round(Math.rint(low / scale)), 0, most), most);
    }

    /** The nearest steps as numbers; the gradient goes through where nothing was cut off. */
    Tensor rounded(Tensor x) {
        return Tensor.call("fake_quantize_per_tensor_affine", "", x, scale, zeroPoint, 0, most);
    }
}

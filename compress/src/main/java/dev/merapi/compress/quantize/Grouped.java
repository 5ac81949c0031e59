package dev.merapi.compress.quantize;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * Weights of 4 bits in groups of one row, each with a step and a middle of its own: w = (code - 8) · scale + middle.
 *
 * @param codes 0 to 15 (out, in), int32
 * @param scales (out, in / group), float32 of bfloat16's precision, in which kernels read them
 * @param middles the same
 * @param group how many weights in a row share a step
 */
record Grouped(Tensor codes, Tensor scales, Tensor middles, int group) {
    private static final int MOST = 15;
    private static final int MIDDLE = 8;

    /** Steps and middles of the groups (…) in the last axis (…, group) from their smallest and largest weight. */
    record Grid(Tensor scale, Tensor middle) {
        static Grid of(Tensor groups) {
            long[] last = {-1};
            Tensor low = groups.amin(last, true), high = groups.amax(last, true);
            Tensor scale = rounded(high.sub(low).div(MOST).clamp(1e-8, null));
            return new Grid(scale, rounded(low.add(scale.mul(MIDDLE))));
        }

        private static Tensor rounded(Tensor t) { return t.to(DType.BFLOAT16).to(DType.FLOAT32); }

        Tensor code(Tensor weights) {
            return weights.sub(middle).div(scale).round().add(MIDDLE).clamp(0, MOST);
        }

        Tensor value(Tensor codes) { return codes.sub(MIDDLE).mul(scale).add(middle); }
    }

    /** Each weight (out, in) to the nearest. */
    static Grouped nearest(Tensor weight, int group) {
        expectGroup(weight, group);
        Tensor groups = weight.to(DType.FLOAT32).contiguous().view(weight.size(0), -1, group);
        var grid = Grid.of(groups);
        return new Grouped(grid.code(groups).to(DType.INT32).view(weight.shape()), grid.scale.squeeze(-1),
                grid.middle.squeeze(-1), group);
    }

    static void expectGroup(Tensor weight, int group) {
        Expect.that(fits(weight, group), "Quantization.group", "32, 64, 128 or 256, by which the " + weight.size(1)
                + " inputs can be divided", group);
    }

    static boolean fits(Tensor weight, int group) {
        return (group == 32 || group == 64 || group == 128 || group == 256) && weight.size(1) % group == 0
                && weight.size(0) % 16 == 0;
    }

    /** (out, in), float32. */
    Tensor values() {
        Tensor groups = codes.to(DType.FLOAT32).view(codes.size(0), -1, group);
        return new Grid(scales.unsqueeze(-1), middles.unsqueeze(-1)).value(groups).view(codes.shape());
    }
}

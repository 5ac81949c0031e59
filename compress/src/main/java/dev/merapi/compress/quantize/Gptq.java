package dev.merapi.compress.quantize;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;

/**
 * Rounds a weight column by column, and lets the columns that follow make up for what was lost, as far as the inputs of
 * some texts allow it. Frantar et al. 2022, arXiv:2210.17323.
 *
 * <p>out rows, in columns; H = Σ x xᵀ over inputs x, (in, in).
 */
final class Gptq {
    private static final int BLOCK = 128; // columns whose effect on the rest is put off and done at once
    private static final double DAMPING = 0.01; // of the mean of H's diagonal

    private Gptq() {}

    /** @param hessian H; left as it is */
    static Grouped of(Tensor weight, Tensor hessian, int group) {
        Grouped.expectGroup(weight, group);
        int in = (int) weight.size(1);
        Tensor w = weight.to(DType.FLOAT32).copy(); // what is left to be rounded
        Tensor inverse = inverse(hessian);
        var codes = new ArrayList<Tensor>();
        var scales = new ArrayList<Tensor>();
        var middles = new ArrayList<Tensor>();
        Grouped.Grid grid = null;
        for (int from = 0; from < in; from += BLOCK) {
            int to = Math.min(in, from + BLOCK);
            var errors = new ArrayList<Tensor>();
            for (int i = from; i < to; i++) {
                if (i % group == 0) {
                    grid = Grouped.Grid.of(w.narrow(1, i, group));
                    scales.add(grid.scale());
                    middles.add(grid.middle());
                }
                try (var scope = Scope.open()) {
                    Tensor column = w.narrow(1, i, 1); // (out, 1)
                    Tensor code = grid.code(column);
                    Tensor error = column.sub(grid.value(code)).div(inverse.select(0, i).select(0, i));
                    long left = to - i;
                    w.narrow(1, i, left).sub_(error.matmul(inverse.narrow(0, i, 1).narrow(1, i, left)));
                    codes.add(scope.keep(code));
                    errors.add(scope.keep(error));
                }
            }
            if (to == in) break;
            try (var _ = Scope.open()) {
                Tensor rest = inverse.narrow(0, from, to - from).narrow(1, to, in - to);
                w.narrow(1, to, in - to).sub_(Tensor.cat(errors, 1).matmul(rest));
            }
        }
        return new Grouped(Tensor.cat(codes, 1).to(DType.INT32), Tensor.cat(scales, 1), Tensor.cat(middles, 1), group);
    }

    /** The upper triangle U of H⁻¹ = Uᵀ U, after a little was added to H, and 1 for inputs that are never used. */
    private static Tensor inverse(Tensor hessian) {
        Tensor h = hessian.to(DType.FLOAT64);
        Tensor diagonal = Tensor.call("diagonal", "", h, 0, 0, 1);
        Tensor unused = diagonal.eq(0).to(DType.FLOAT64);
        Tensor more = unused.add(diagonal.mean().mul(DAMPING)).add(1e-12);
        Tensor damped = h.add(more.diag());
        return damped.inverse().cholesky().mT().contiguous().to(DType.FLOAT32);
    }
}

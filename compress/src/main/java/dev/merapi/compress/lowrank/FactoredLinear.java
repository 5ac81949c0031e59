package dev.merapi.compress.lowrank;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/** An affine map through few numbers: y = up(down(x)), whose weights are factors of the one that stood here. */
final class FactoredLinear extends Layer implements Unary {
    Unary down; // in to rank
    Unary up; // rank to out, with the bias

    private FactoredLinear(Linear down, Linear up) {
        this.down = down;
        this.up = up;
    }

    /** Without values, of the sizes that a rank gives. */
    static FactoredLinear like(MatrixLayer layer, int rank) {
        var own = (Layer) layer;
        long[] shape = layer.matrixShape();
        try (var _ = Torch.on(own.device(), own.dtype())) {
            return new FactoredLinear(new Linear((int) shape[1], rank, false),
                    new Linear(rank, (int) shape[0], layer.bias() != null));
        }
    }

    /** The nearest of a rank: U √S and √S Vᵀ of its largest singular values. */
    static FactoredLinear of(MatrixLayer layer, int rank) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var svd = layer.matrix().svd();
            Tensor roots = svd.s().narrow(0, 0, rank).sqrt();
            Tensor up = svd.u().narrow(1, 0, rank).mul(roots); // (out, rank)
            Tensor down = svd.vh().narrow(0, 0, rank).mul(roots.unsqueeze(1)); // (rank, in)
            return new FactoredLinear(new Linear(new Param(down.contiguous()), null), new Linear(
                    new Param(up.contiguous()), layer.bias() == null ? null : new Param(layer.bias().detach().copy())));
        }
    }

    @Override public Tensor forward(Tensor x) { return hooked(up.forward(down.forward(x)), x); }
}

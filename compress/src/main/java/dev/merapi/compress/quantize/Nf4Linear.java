package dev.merapi.compress.quantize;

import dev.merapi.compress.Compressed;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Name;
import dev.merapi.tensor.ActivationCheckpoint;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * An affine map y = x Wᵀ + b whose weight lies in {@link Nf4}. It is made float32 for each product, and again for its
 * gradient by x, so that no more than one such weight is there at a time.
 */
final class Nf4Linear extends Layer implements MatrixLayer, Compressed {
    @Name("weight") final State packed;
    @Name("weight.absmax") final State scales;
    final Param bias; // (out), or null
    private final long in;
    private final long out;

    private Nf4Linear(Nf4 weight, Tensor bias, long out, long in) {
        packed = new State(weight.packed());
        scales = new State(weight.scales());
        this.bias = bias == null ? null : new Param(bias);
        this.out = out;
        this.in = in;
    }

    static Nf4Linear of(MatrixLayer layer) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor matrix = layer.matrix();
            Tensor bias = layer.bias() == null ? null : layer.bias().detach().copy();
            return new Nf4Linear(Nf4.of(matrix), bias, matrix.size(0), matrix.size(1));
        }
    }

    static boolean fits(MatrixLayer layer) {
        long out = layer.matrixShape()[0], in = layer.matrixShape()[1];
        return out * in % Nf4.BLOCK == 0 && in % 2 == 0;
    }

    /** Of another's sizes, with any values. */
    static Nf4Linear like(MatrixLayer layer) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            long out = layer.matrix().size(0), in = layer.matrix().size(1), numbers = out * in;
            Expect.that(numbers % Nf4.BLOCK == 0, "Change " + QuantizedKind.NAME, "an affine map of a multiple of "
                    + Nf4.BLOCK + " numbers", numbers);
            Tensor matrix = layer.matrix();
            var weight = new Nf4(matrix.newEmpty(DType.UINT8, numbers / 2),
                    matrix.newEmpty(DType.FLOAT32, numbers / Nf4.BLOCK));
            return new Nf4Linear(weight, layer.bias() == null ? null : layer.bias().detach().copy(), out, in);
        }
    }

    @Override public long parameters() { return out * in; }

    @Override public Tensor matrix() { return new Nf4(packed, scales).values(out, in); }

    @Override public Tensor bias() { return bias; }

    @Override public boolean isWritable() { return false; }

    @Override public Tensor forward(Tensor x) {
        boolean learns = Torch.isGradEnabled() && x.requiresGrad();
        Tensor y = learns ? ActivationCheckpoint.of(this::product).apply(x) : product(x);
        return hooked(bias == null ? y : y.add(bias), x);
    }

    /** The weight is gone when it is used. */
    private Tensor product(Tensor x) {
        try (var scope = Scope.open()) {
            return scope.keep(F.linear(x, matrix(), null));
        }
    }
}

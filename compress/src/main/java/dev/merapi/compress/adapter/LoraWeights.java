package dev.merapi.compress.adapter;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Name;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/** What one adapter adds to one affine map of weight W (out, in). */
final class LoraWeights extends Layer {
    @Name("lora_A") final Param a; // (rank, in)
    @Name("lora_B") final Param b; // (out, rank), at first 0
    @Name("lora_magnitude_vector") final Param magnitude; // of DoRA (out), at first the lengths of W's rows; or null
    private final double scale;
    private final double dropout;

    LoraWeights(MatrixLayer base, LoraConfig config) {
        Tensor matrix = base.matrix();
        double bound = 1 / Math.sqrt(matrix.size(1)); // as PEFT: Kaiming's with a = √5
        a = param(Init.uniform(-bound, bound), config.rank(), matrix.size(1));
        b = param(Init.zeros(), matrix.size(0), config.rank());
        magnitude = config.dora() ? lengths(matrix) : null;
        scale = config.scale();
        dropout = config.dropout();
    }

    private static Param lengths(Tensor matrix) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new Param(lengthsOf(matrix).to(Torch.dtype()));
        }
    }

    private static Tensor lengthsOf(Tensor matrix) { return matrix.norm(2, new long[] {1}, false); }

    /** What is to be added to y = x Wᵀ + bias. */
    Tensor added(MatrixLayer base, Tensor x, Tensor y) {
        Tensor seen = F.dropout(x, dropout, isTraining());
        Tensor low = F.linear(F.linear(seen, a, null), b, null).mul(scale);
        if (magnitude == null) return low;
        Tensor ratio = magnitude.div(lengthsOf(base.matrix().detach().add(product().detach())));
        Tensor plain = seen != x ? F.linear(seen, base.matrix(), null)
                : base.bias() == null ? y : y.sub(base.bias());
        return plain.mul(ratio.sub(1)).add(low.mul(ratio));
    }

    /** B A, scaled: (out, in). */
    private Tensor product() { return b.matmul(a).mul(scale); }

    /** The same as a change of W. */
    Tensor change(Tensor matrix) {
        if (magnitude == null) return product();
        Tensor sum = matrix.add(product());
        return sum.mul(magnitude.div(lengthsOf(sum)).unsqueeze(1)).sub(matrix);
    }
}

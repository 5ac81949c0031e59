package dev.merapi.tabular.model;

import dev.merapi.nn.Init;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;

/**
 * A field-aware factorization machine: y = b + Σ wᵢ xᵢ + Σ ⟨vᵢⱼ, vⱼᵢ⟩ xᵢ xⱼ over the pairs of a row's ids and numbers,
 * in which each has a vector vᵢⱼ for the field of each other. Juan et al. 2016, "Field-aware Factorization Machines for
 * CTR Prediction".
 */
public final class FieldAwareFm extends TableNet {
    final LinearModel linear;
    final FieldEmbedding vectors; // of width outputs · F · size
    private final int outputs;
    private final int size;

    /** @param size of the vectors */
    public FieldAwareFm(Inputs inputs, int outputs, int size) {
        linear = new LinearModel(inputs, outputs);
        vectors = new FieldEmbedding(inputs, Math.multiplyExact(outputs * inputs.fields(), size), Init.normal(0, 0.01));
        this.outputs = outputs;
        this.size = size;
    }

    @Override public Tensor forward(TableBatch batch) {
        int fields = vectors.fields();
        var v = vectors.forward(batch).unflatten(2, outputs, fields, size); // (B, F, outputs, F, D)
        var other = v.transpose(1, 3);
        var products = v.mul(other).sum(4).permute(0, 2, 1, 3); // (B, outputs, F, F), symmetric
        var pairs = products.triu(1).sum(2, 3);
        return linear.forward(batch).add(pairs);
    }
}

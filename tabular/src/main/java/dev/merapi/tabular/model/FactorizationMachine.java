package dev.merapi.tabular.model;

import dev.merapi.nn.Init;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;

/**
 * A factorization machine: y = b + Σ wᵢ xᵢ + Σ ⟨vᵢ, vⱼ⟩ xᵢ xⱼ over the pairs of a row's ids and numbers; a list is the
 * mean of its ids. With several outputs each has vectors of its own. Rendle 2010, "Factorization Machines".
 */
public final class FactorizationMachine extends TableNet {
    final LinearModel linear;
    final FieldEmbedding vectors; // of width outputs · size
    private final int outputs;

    /** @param size of the vectors */
    public FactorizationMachine(Inputs inputs, int outputs, int size) {
        linear = new LinearModel(inputs, outputs);
        vectors = new FieldEmbedding(inputs, outputs * size, Init.normal(0, 0.01));
        this.outputs = outputs;
    }

    @Override public Tensor forward(TableBatch batch) {
        return linear.forward(batch).add(pairs(vectors.forward(batch), outputs));
    }

    /**
     * Σ ⟨vᵢ, vⱼ⟩ over all pairs = (|Σ vᵢ|² - Σ |vᵢ|²) / 2, in time that grows with the fields, not with their pairs.
     *
     * @param v (B, F, outputs · D)
     * @return (B, outputs)
     */
    static Tensor pairs(Tensor v, int outputs) {
        var sum = v.sum(1);
        return sum.square().sub(v.square().sum(1)).unflatten(1, outputs, -1).sum(2).mul(0.5);
    }
}

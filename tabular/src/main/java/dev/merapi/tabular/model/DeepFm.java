package dev.merapi.tabular.model;

import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;

/**
 * DeepFM: the sum of a factorization machine and a deep net on the same vectors. Guo et al. 2017, arXiv:1703.04247.
 */
public final class DeepFm extends TableNet {
    final LinearModel linear;
    final FieldEmbedding vectors;
    final Deep deep;
    final Linear head;
    private final int outputs;

    public DeepFm(Inputs inputs, int outputs, DeepOptions options) { this(inputs, outputs, options, Tables.OWN); }

    /** With its two tables elsewhere: first the weights of the linear part, then the vectors. */
    public DeepFm(Inputs inputs, int outputs, DeepOptions options, Tables tables) {
        linear = new LinearModel(inputs, outputs, tables);
        vectors = new FieldEmbedding(inputs, outputs * options.embedding(), Init.normal(0, 0.01), tables);
        deep = new Deep(vectors.fields() * outputs * options.embedding(), options);
        head = new Linear(deep.width(), outputs);
        this.outputs = outputs;
    }

    @Override public Tensor forward(TableBatch batch) {
        var v = vectors.forward(batch);
        var pairs = FactorizationMachine.pairs(v, outputs);
        return linear.forward(batch).add(pairs).add(head.forward(deep.forward(v.flatten(1, 2))));
    }
}

package dev.merapi.tabular.model;

import dev.merapi.nn.Init;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/** A weight for each id and number: y = b + Σ w. The wide part of other models, and by itself logistic regression. */
public final class LinearModel extends TableNet {
    final FieldEmbedding weights; // of width outputs
    final Param bias; // (outputs)

    public LinearModel(Inputs inputs, int outputs) { this(inputs, outputs, Tables.OWN); }

    /** With the weights of ids elsewhere. */
    public LinearModel(Inputs inputs, int outputs, Tables tables) {
        weights = new FieldEmbedding(inputs, outputs, Init.zeros(), tables);
        bias = param(Init.zeros(), outputs);
    }

    @Override public Tensor forward(TableBatch batch) { return weights.forward(batch).sum(1).add(bias); }
}

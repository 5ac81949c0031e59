package dev.merapi.tabular.model;

import dev.merapi.nn.Linear;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;

/** Embedded categories and numbers side by side, through a multilayer perceptron. */
public final class Mlp extends TableNet {
    final JoinedInputs inputs;
    final Deep deep;
    final Linear head;

    public Mlp(Inputs inputs, int outputs, DeepOptions options) {
        this.inputs = new JoinedInputs(inputs, options.embedding());
        deep = new Deep(this.inputs.width(), options);
        head = new Linear(deep.width(), outputs);
    }

    @Override public Tensor forward(TableBatch batch) {
        return head.forward(deep.forward(inputs.forward(batch)));
    }
}

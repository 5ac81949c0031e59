package dev.merapi.tabular.model;

import dev.merapi.nn.Linear;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * Deep & cross network, version 2: cross layers x ← x₀ ⊙ (W x + b) + x, each of which raises the degree of the products
 * of features by one; beside a deep net, or before it. Wang et al. 2021, arXiv:2008.13535.
 */
public final class DcnV2 extends TableNet {
    final JoinedInputs inputs;
    final List<Linear> crosses;
    final Deep deep;
    final Linear head;
    private final boolean stacked;

    /**
     * @param crosses cross layers
     * @param stacked whether the deep net follows the cross layers, rather than stands beside them
     */
    public DcnV2(Inputs inputs, int outputs, int crosses, boolean stacked, DeepOptions options) {
        if (crosses < 1) {
            throw new IllegalArgumentException("DcnV2: expected at least 1 cross layer. Received " + crosses);
        }
        this.inputs = new JoinedInputs(inputs, options.embedding());
        int width = this.inputs.width();
        this.crosses = Stream.generate(() -> new Linear(width, width)).limit(crosses).toList();
        deep = new Deep(width, options);
        head = new Linear(stacked ? deep.width() : width + deep.width(), outputs);
        this.stacked = stacked;
    }

    @Override public Tensor forward(TableBatch batch) {
        var x0 = inputs.forward(batch);
        var x = x0;
        for (var cross : crosses) x = x0.mul(cross.forward(x)).add(x);
        return head.forward(stacked ? deep.forward(x) : Tensor.cat(List.of(x, deep.forward(x0)), 1));
    }
}

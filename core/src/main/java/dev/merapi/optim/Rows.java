package dev.merapi.optim;

import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rows of a parameter that its sparse gradient names: copies, put back after the update. */
final class Rows implements Bucket.Member {
    private final ParamState state;
    private final Tensor index; // (n), each row once
    private final Tensor grad; // (n, …)
    private final Tensor param; // (n, …)
    private final Map<String, Tensor> slots = new LinkedHashMap<>(); // each (n, …)

    Rows(ParamState state) {
        this.state = state;
        grad = Gradients.values(state.param);
        Tensor indices = state.param.grad().indices(); // (sparse dims, n)
        if (indices.size(0) != 1) {
            throw new IllegalArgumentException(state.name + ": expected a sparse gradient of whole rows. Received one"
                    + " of shape " + Shapes.toString(state.param.shape()) + " with indices "
                    + Shapes.toString(indices.shape()));
        }
        index = indices.select(0, 0);
        param = state.param.indexSelect(0, index);
    }

    @Override public ParamState state() { return state; }

    @Override public Tensor param() { return param; }

    @Override public Tensor grad() { return grad; }

    @Override public Tensor slot(String slot, long[] shape, double initial) {
        return slots.computeIfAbsent(slot, _ -> state.slot(slot, shape, initial).indexSelect(0, index));
    }

    @Override public void finish() {
        state.param.indexCopy_(0, index, param);
        slots.forEach((slot, rows) -> state.slots.get(slot).indexCopy_(0, index, rows));
    }
}

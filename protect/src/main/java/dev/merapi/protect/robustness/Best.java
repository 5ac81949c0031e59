package dev.merapi.protect.robustness;

import dev.merapi.tensor.Tensor;

/** The inputs that a model erred on most so far: those that it takes for others first, then by their loss. */
final class Best implements AutoCloseable {
    private final Tensor inputs;
    private final Tensor wrong; // 0 or 1 (B); -1 before the first
    private final Tensor losses;

    /** Without any: x are given where nothing is better. */
    Best(Tensor x) {
        inputs = x.detach().copy().owned();
        wrong = x.newFull(-1, x.size(0)).owned();
        losses = wrong.copy().owned();
    }

    void offer(Tensor some, Ascent.Slope slope) {
        var errs = slope.wrong().to(wrong.dtype());
        var better = errs.gt(wrong).or(errs.eq(wrong).and(slope.losses().gt(losses)));
        inputs.copy_(Ascent.rows(better, some, inputs));
        losses.copy_(better.where(slope.losses(), losses));
        wrong.copy_(better.where(errs, wrong));
    }

    /** A copy of the inputs. */
    Tensor inputs() { return inputs.copy(); }

    @Override public void close() {
        inputs.close();
        wrong.close();
        losses.close();
    }
}

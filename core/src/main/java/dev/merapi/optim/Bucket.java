package dev.merapi.optim;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * The parameters that one call updates: of one group, device, type and number of steps. {@link #params}, {@link #grads}
 * and {@link #slots} have the same order. Where a gradient is sparse, all of them hold the rows that it names, and what
 * the update makes of these is put back.
 */
public final class Bucket {
    private final AbstractOptimizer owner;
    private final List<? extends Member> members;
    private final double rate;
    private final double decay;
    private final long step;
    private final boolean sparse;

    /** A parameter as an update sees it: whole, or some of its rows. */
    interface Member {
        ParamState state();

        Tensor param();

        Tensor grad();

        Tensor slot(String slot, long[] shape, double initial);

        void finish();
    }

    Bucket(AbstractOptimizer owner, List<ParamState> states, boolean sparse, double rate, double decay, long step) {
        this.owner = owner;
        this.members = sparse ? states.stream().map(Rows::new).toList() : states;
        this.sparse = sparse;
        this.rate = rate;
        this.decay = decay;
        this.step = step;
    }

    /** The number of parameters. */
    public int size() { return members.size(); }

    /** The parameters' names. */
    public List<String> names() { return members.stream().map(m -> m.state().name).toList(); }

    /** The group's learning rate. */
    public double rate() { return rate; }

    /** Multiplies the optimizer's weight decay. */
    public double decay() { return decay; }

    /** The number of this step, from 1. */
    public long step() { return step; }

    /** Whether these are rows of larger parameters. */
    public boolean isSparse() { return sparse; }

    /** To be changed in place. */
    public Tensors params() { return all(Member::param); }

    /** The gradients: not to be changed. */
    public Tensors grads() { return all(Member::grad); }

    /** The gradients plus λ θ, for optimizers whose weight decay is part of the gradient. */
    public Tensors decayed(double weightDecay) {
        return weightDecay * decay == 0 ? grads() : grads().add(params(), weightDecay * decay);
    }

    /** One of the slots that the optimizer has named, to be changed in place; zeros at the first step. */
    public Tensors slots(String slot) { return slots(slot, 0); }

    /** As {@link #slots(String)}, filled with {@code initial} at the first step. */
    public Tensors slots(String slot, double initial) {
        if (!owner.slots().contains(slot)) {
            throw new IllegalArgumentException(owner.name() + ": expected one of its slots() " + owner.slots()
                    + ". Received " + slot);
        }
        return all(m -> m.slot(slot, owner.slotShape(slot, m.state().param), initial));
    }

    /** The number of this step once for each parameter, as the fused kernels want it. */
    Tensors steps() {
        var step = members.getFirst().state().param.newEmpty(DType.FLOAT32).fill_(this.step);
        return new Tensors(Collections.nCopies(members.size(), step).toArray(Tensor[]::new));
    }

    void finish() { members.forEach(Member::finish); }

    private Tensors all(Function<Member, Tensor> part) {
        return new Tensors(members.stream().map(part).toArray(Tensor[]::new));
    }
}

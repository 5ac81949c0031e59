package dev.merapi.optim;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static java.util.stream.Collectors.groupingBy;

/**
 * Changes parameters by their gradients.
 *
 * <pre>{@code
 * optimizer.zeroGrad();
 * loss.backward();
 * optimizer.step();
 * }</pre>
 *
 * Parameters that are frozen, or have no gradient, stay as they are. What an optimizer remembers of a parameter is made
 * at its first step, lies on its device, and lives until {@link #close} or until the optimizer is garbage.
 */
public abstract sealed class Optimizer implements AutoCloseable
        permits Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, RmsProp, Sgd {
    private record Group(ParamGroup options, List<ParamState> states) {}

    private final List<Group> groups = new ArrayList<>();
    private final Map<String, ParamState> states = new LinkedHashMap<>();
    private double learningRate;

    Optimizer(List<ParamGroup> groups, double learningRate) {
        Check.positive(learningRate, name(), "learning rate");
        this.learningRate = learningRate;
        for (var group : groups) {
            var members = new ArrayList<ParamState>();
            group.params().forEach((param, value) -> members.add(add(param, value)));
            this.groups.add(new Group(group, members));
        }
        if (states.isEmpty()) {
            throw new IllegalArgumentException(name() + ": expected at least one parameter. Received none; does the"
                    + " layer keep its parameters in fields?");
        }
    }

    private ParamState add(String name, Param param) {
        for (var other : states.values()) {
            if (other.name.equals(name) || other.param == param) {
                throw new IllegalArgumentException(name() + ": expected each parameter, and each name, in one group"
                        + " only. Received " + name
                        + (other.name.equals(name) ? " twice." : ", which is " + other.name));
            }
        }
        var state = new ParamState(name, param);
        states.put(name, state);
        return state;
    }

    /** The parameters it may change, by name. */
    public final Map<String, Param> params() {
        var params = new LinkedHashMap<String, Param>();
        states.forEach((name, state) -> params.put(name, state.param));
        return params;
    }

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() { states.values().forEach(state -> state.param.clearGrad()); }

    /** Changes every parameter that has a gradient and is not frozen. */
    public final void step() {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            for (var group : groups) {
                for (var bucket : buckets(group)) {
                    update(bucket);
                    bucket.members().forEach(ParamState::changed);
                }
            }
        }
    }

    private List<Bucket> buckets(Group group) {
        record Key(Object device, Object type, long step) {}
        var active = group.states.stream().filter(ParamState::isActive)
                .collect(groupingBy(s -> new Key(s.param.device(), s.param.dtype(), ++s.steps)));
        double rate = learningRate * group.options.rate();
        var buckets = new ArrayList<Bucket>();
        active.forEach((key, members) -> buckets.add(new Bucket(members, rate, group.options.decay(), key.step)));
        return buckets;
    }

    /** Changes the parameters of one bucket, in place, with gradients off. */
    abstract void update(Bucket bucket);

    /** The tensors kept for each parameter, as they are named in {@link #state}. */
    abstract List<String> slots();

    /** The learning rate before the groups' own factors. */
    public final double learningRate() { return learningRate; }

    /** Sets the learning rate of the next steps; 0 is allowed here, as the start of a warm-up. */
    public final void learningRate(double rate) {
        Check.atLeast(0, rate, name(), "learning rate");
        learningRate = rate;
    }

    /**
     * What this optimizer remembers, for a checkpoint: {@code <parameter>.<slot>}, and {@code <parameter>.step}, the
     * int64 number of steps taken. The slots are the optimizer's own tensors, not copies. Empty before the first step.
     */
    public final Map<String, Tensor> state() {
        var all = new LinkedHashMap<String, Tensor>();
        for (var state : states.values()) {
            if (state.steps == 0) continue;
            all.put(state.name + "." + StateLoader.STEP, Tensor.scalar(state.steps, DType.INT64));
            state.slots.forEach((slot, tensor) -> all.put(state.name + "." + slot, tensor));
        }
        return all;
    }

    /**
     * Copies what {@link #state} returned, so that training goes on as if it had not been interrupted. The learning
     * rate is not part of it: set that by the schedule.
     *
     * @throws IllegalArgumentException naming everything that is missing, unexpected or of the wrong shape; nothing is
     *     changed then
     */
    public final void load(Map<String, Tensor> saved) { StateLoader.load(name(), states, slots(), saved); }

    /** Frees what this optimizer remembers; it would start afresh. */
    @Override public final void close() { states.values().forEach(ParamState::clear); }

    private String name() { return getClass().getSimpleName(); }
}

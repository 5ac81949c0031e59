package dev.merapi.optim;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
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
 * An optimizer but for its formula. A subclass names its slots, tensors that are kept for each parameter from step to
 * step, and updates a bucket of parameters:
 *
 * <pre>{@code
 * final class SignSgd extends AbstractOptimizer {
 *     SignSgd(Layer layer, double learningRate) { super(List.of(ParamGroup.of(layer)), learningRate); }
 *
 *     protected List<String> slots() { return List.of("momentum"); }
 *
 *     protected void update(Bucket b) {
 *         var m = b.slots("momentum").lerp_(b.grads(), 0.1);
 *         b.params().add_(m.sign(), -b.rate());
 *     }
 * }
 * }</pre>
 *
 * Groups, frozen parameters, and saved state are then as those of every optimizer. Slots are made at a parameter's
 * first step, follow it to another device or type, and live until {@link #close} or until the optimizer is garbage.
 */
public abstract class AbstractOptimizer implements Optimizer {
    private record Group(ParamGroup options, List<ParamState> states) {}

    private final List<Group> groups = new ArrayList<>();
    private final Map<String, ParamState> states = new LinkedHashMap<>();
    private double learningRate;

    /**
     * @throws IllegalArgumentException for a parameter or name in two groups, for none at all, and unless the learning
     *     rate is above 0
     */
    protected AbstractOptimizer(List<ParamGroup> groups, double learningRate) {
        Expect.positive(name() + ".learningRate", learningRate);
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

    /**
     * The names of the tensors that are kept for each parameter, from its first step on; {@link #state} and
     * {@link #load} have them too.
     */
    protected abstract List<String> slots();

    /** The shape of a slot, the parameter's unless this is overridden: fewer numbers for each row, say. */
    protected long[] slotShape(String slot, Param param) { return param.shape(); }

    /** Changes the parameters of one bucket, in place, with gradients off. */
    protected abstract void update(Bucket bucket);

    /**
     * Whether a parameter of this group whose gradient is sparse may be updated in the rows alone that the gradient
     * names, the others and their slots staying as they are. Right where each row's change follows from that row alone
     * and is 0 for a gradient of 0, or is meant to be left out ("lazy"). Unless this is overridden, a sparse gradient
     * is refused.
     */
    protected boolean takesSparse(ParamGroup group) { return false; }

    @Override public final Map<String, Param> params() {
        var params = new LinkedHashMap<String, Param>();
        states.forEach((name, state) -> params.put(name, state.param));
        return params;
    }

    @Override public void step() {
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            groups.forEach(this::checkSparse);
            for (var group : groups) {
                for (var bucket : buckets(group)) {
                    update(bucket);
                    bucket.finish();
                }
            }
        }
    }

    /** Before anything is changed. */
    private void checkSparse(Group group) {
        if (takesSparse(group.options)) return;
        for (var state : group.states) {
            if (!state.isActive() || !state.isSparse()) continue;
            throw new IllegalArgumentException(name() + ": expected a dense gradient of " + state.name + ", as its"
                    + " group is set. Received a sparse one, which is for Adam and AdamW without amsgrad, Adagrad, and"
                    + " Sgd without momentum, all without weight decay (ParamGroup.decay(0)). Or make the embedding"
                    + " dense.");
        }
    }

    private List<Bucket> buckets(Group group) {
        record Key(Object device, Object type, long step, boolean sparse) {}
        var active = group.states.stream().filter(ParamState::isActive)
                .collect(groupingBy(s -> new Key(s.param.device(), s.param.dtype(), ++s.steps, s.isSparse())));
        double rate = learningRate * group.options.rate();
        var buckets = new ArrayList<Bucket>();
        active.forEach((key, members) ->
                buckets.add(new Bucket(this, members, key.sparse, rate, group.options.decay(), key.step)));
        return buckets;
    }

    @Override public final double learningRate() { return learningRate; }

    @Override public final void learningRate(double rate) {
        Expect.atLeast(name() + ".learningRate", 0, rate);
        learningRate = rate;
    }

    /**
     * {@inheritDoc} The names are {@code <parameter>.<slot>}, and {@code <parameter>.step}, the int64 number of steps
     * taken.
     */
    @Override public Map<String, Tensor> state() {
        var all = new LinkedHashMap<String, Tensor>();
        for (var state : states.values()) {
            if (state.steps == 0) continue;
            all.put(state.name + "." + StateLoader.STEP, Tensor.scalar(state.steps, DType.INT64));
            state.slots.forEach((slot, tensor) -> all.put(state.name + "." + slot, tensor));
        }
        return all;
    }

    @Override public void load(Map<String, Tensor> saved) { StateLoader.load(this, states.values(), saved); }

    @Override public void close() { states.values().forEach(ParamState::clear); }

    final String name() { return getClass().getSimpleName(); }
}

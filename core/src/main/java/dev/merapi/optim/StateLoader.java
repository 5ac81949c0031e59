package dev.merapi.optim;

import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Puts saved tensors back into an optimizer, all or nothing. */
final class StateLoader {
    static final String STEP = "step";

    private StateLoader() {}

    static void load(AbstractOptimizer optimizer, Collection<ParamState> states, Map<String, Tensor> saved) {
        var slots = optimizer.slots();
        var problems = new ArrayList<String>();
        var unexpected = new LinkedHashSet<>(saved.keySet());
        for (var state : states) {
            unexpected.remove(state.name + "." + STEP);
            slots.forEach(slot -> unexpected.remove(state.name + "." + slot));
            problems.addAll(problems(optimizer, state, saved));
        }
        unexpected.forEach(name -> problems.add(name + ": no such parameter or slot here"));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(optimizer.name() + ".load: expected the state of the same optimizer over"
                    + " the same parameters. Received\n  " + String.join("\n  ", problems));
        }
        try (var _ = Torch.noGrad()) {
            states.forEach(state -> fill(optimizer, state, saved));
        }
    }

    /** A parameter that took no step yet has nothing saved; any other has all. */
    private static List<String> problems(AbstractOptimizer optimizer, ParamState state, Map<String, Tensor> saved) {
        var slots = optimizer.slots();
        var problems = new ArrayList<String>();
        var missing = new ArrayList<String>();
        if (!saved.containsKey(state.name + "." + STEP)) missing.add(STEP);
        for (var slot : slots) {
            long[] shape = optimizer.slotShape(slot, state.param);
            var tensor = saved.get(state.name + "." + slot);
            if (tensor == null) {
                missing.add(slot);
            } else if (!Arrays.equals(tensor.shape(), shape)) {
                problems.add(state.name + "." + slot + ": shape " + Shapes.toString(tensor.shape()) + ", expected "
                        + Shapes.toString(shape));
            }
        }
        if (missing.size() <= slots.size()) missing.forEach(m -> problems.add(state.name + "." + m + ": missing"));
        return problems;
    }

    private static void fill(AbstractOptimizer optimizer, ParamState state, Map<String, Tensor> saved) {
        state.clear();
        var step = saved.get(state.name + "." + STEP);
        if (step == null) return;
        state.steps = step.itemLong();
        for (var slot : optimizer.slots()) {
            long[] shape = optimizer.slotShape(slot, state.param);
            state.put(slot, state.empty(shape).copy_(saved.get(state.name + "." + slot)));
        }
    }
}

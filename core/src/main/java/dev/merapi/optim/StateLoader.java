package dev.merapi.optim;

import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Puts saved tensors back into an optimizer, all or nothing. */
final class StateLoader {
    static final String STEP = "step";

    private StateLoader() {}

    static void load(String where, Map<String, ParamState> states, List<String> slots, Map<String, Tensor> saved) {
        var problems = new ArrayList<String>();
        var unexpected = new LinkedHashSet<>(saved.keySet());
        for (var state : states.values()) {
            unexpected.remove(state.name + "." + STEP);
            slots.forEach(slot -> unexpected.remove(state.name + "." + slot));
            problems.addAll(problems(state, slots, saved));
        }
        unexpected.forEach(name -> problems.add(name + ": no such parameter or slot here"));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(where + ".load: expected the state of the same optimizer over the same"
                    + " parameters. Received\n  " + String.join("\n  ", problems));
        }
        try (var _ = Torch.noGrad()) {
            states.values().forEach(state -> fill(state, slots, saved));
        }
    }

    /** A parameter that took no step yet has nothing saved; any other has all. */
    private static List<String> problems(ParamState state, List<String> slots, Map<String, Tensor> saved) {
        var problems = new ArrayList<String>();
        var missing = new ArrayList<String>();
        if (!saved.containsKey(state.name + "." + STEP)) missing.add(STEP);
        for (var slot : slots) {
            var tensor = saved.get(state.name + "." + slot);
            if (tensor == null) {
                missing.add(slot);
            } else if (!Arrays.equals(tensor.shape(), state.param.shape())) {
                problems.add(state.name + "." + slot + ": shape " + Shapes.toString(tensor.shape()) + ", expected "
                        + Shapes.toString(state.param.shape()));
            }
        }
        if (missing.size() <= slots.size()) missing.forEach(m -> problems.add(state.name + "." + m + ": missing"));
        return problems;
    }

    private static void fill(ParamState state, List<String> slots, Map<String, Tensor> saved) {
        state.clear();
        var step = saved.get(state.name + "." + STEP);
        if (step == null) return;
        state.steps = step.itemLong();
        for (var slot : slots) state.put(slot, state.param.emptyLike().copy_(saved.get(state.name + "." + slot)));
    }
}

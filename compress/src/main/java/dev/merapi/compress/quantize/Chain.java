package dev.merapi.compress.quantize;

import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Relu;
import dev.merapi.tensor.Recording;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A convolution or an affine map and what follows it, so that nobody else sees its result: layers that can be one.
 *
 * @param norm the batch norm's path, or null
 * @param relu the path of a ReLU after that, or null
 */
record Chain(String norm, String relu) {
    static final Chain ALONE = new Chain(null, null);

    /** By the path of the first layer, all that have followers, as they are seen while {@code run} runs the model. */
    static Map<String, Chain> of(Layer model, Runnable run) {
        var seen = new Seen();
        try (var _ = model.evaluating(); var _ = Torch.noGrad(); var _ = Hooks.listen(model, seen::ran);
                var _ = Recording.listen(seen::used)) {
            run.run();
        }
        var chains = new LinkedHashMap<String, Chain>();
        for (String path : seen.products) {
            String next = seen.follower(path);
            boolean isNorm = next != null && seen.norms.contains(next);
            String last = isNorm ? seen.follower(next) : next;
            String relu = last != null && seen.relus.contains(last) ? last : null;
            if (isNorm || relu != null) chains.put(path, new Chain(isNorm ? next : null, relu));
        }
        return chains;
    }

    /** Who made which tensors, and who used them. */
    private static final class Seen {
        final Set<String> products = new HashSet<>();
        final Set<String> norms = new HashSet<>();
        final Set<String> relus = new HashSet<>();
        private final Map<Tensor, String> makers = new IdentityHashMap<>();
        private final Map<Tensor, Integer> uses = new IdentityHashMap<>();
        private final Map<String, Set<String>> after = new LinkedHashMap<>(); // layers by the one before
        private final Map<String, Set<String>> before = new LinkedHashMap<>();

        void used(Recording.Operation operation) {
            for (Object argument : operation.arguments()) {
                if (argument instanceof Tensor t) uses.merge(t, 1, Integer::sum);
                if (argument instanceof Tensor[] all) for (Tensor t : all) uses.merge(t, 1, Integer::sum);
            }
        }

        void ran(Hook.Call call) {
            String path = call.path();
            Tensor x = call.inputs().getFirst();
            switch (call.layer()) {
                case Conv2d _ -> products.add(path);
                case MatrixLayer _ when call.output().rank() == 2 -> products.add(path); // else axis 1 is another
                case BatchNorm _ -> norms.add(path);
                case Relu _ -> relus.add(path);
                case null, default -> {
                    return;
                }
            }
            makers.put(call.output(), path);
            String maker = makers.getOrDefault(x, "");
            after.computeIfAbsent(maker, _ -> new HashSet<>()).add(path);
            before.computeIfAbsent(path, _ -> new HashSet<>()).add(maker);
        }

        /** The one layer that sees what a layer computes, if it sees nothing else and nobody else does. */
        String follower(String path) {
            var next = after.getOrDefault(path, Set.of());
            boolean isOne = next.size() == 1 && before.get(next.iterator().next()).size() == 1
                    && makers.entrySet().stream().allMatch(e -> !e.getValue().equals(path)
                            || uses.getOrDefault(e.getKey(), 0) == 1);
            return isOne ? next.iterator().next() : null;
        }
    }
}

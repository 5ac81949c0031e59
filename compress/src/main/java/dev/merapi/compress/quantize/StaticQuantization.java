package dev.merapi.compress.quantize;

import dev.merapi.compress.Replaced;
import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Change;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Convolutions and affine maps of 8 bits whose inputs are rounded by steps that are found from examples once. A batch
 * norm that follows comes into the weights, a ReLU into the product.
 *
 * <pre>{@code
 * StaticQuantization.of(model, _ -> true, Observing.ENTROPY, () -> model.forward(x));
 * }</pre>
 *
 * Where that costs too much, the model is trained to bear it first:
 *
 * <pre>{@code
 * StaticQuantization.prepare(model, _ -> true, Observing.MOVING_AVERAGE, () -> model.forward(x));
 * trainer.fit(train, test);                   // rounds as later, in float32
 * StaticQuantization.convert(model);          // now by whole numbers
 * }</pre>
 *
 * What comes is for inference on the CPU; a model saved afterwards, or in between, is opened again as it is.
 */
public final class StaticQuantization {
    private StaticQuantization() {}

    /**
     * Layers become {@link StaticInt8}. Others, and convolutions that are not padded by zeros, stay.
     *
     * @param names which layers, by name
     * @param run runs the model on examples
     * @throws IllegalArgumentException if no layer is such a one, or no example runs through any
     */
    public static Replaced of(Layer model, Predicate<String> names, Observing observing, Runnable run) {
        var done = prepare(model, names, observing, run);
        convert(model);
        return done;
    }

    /** As {@link #of}, for training on: layers become {@link FakeInt8}, which compute the same in float32. */
    public static Replaced prepare(Layer model, Predicate<String> names, Observing observing, Runnable run) {
        var observers = new LinkedHashMap<String, Observer>();
        var chains = Chain.of(model, () -> observe(model, names, observing, observers, run));
        var layers = model.layers();
        var folded = new HashSet<String>();
        int most = PackedProduct.most();
        var done = Replaced.in(model, (path, layer) -> {
            if (!observers.containsKey(path)) return layer;
            var chain = chains.getOrDefault(path, Chain.ALONE);
            var norm = chain.norm() == null ? null : (BatchNorm) layers.get(chain.norm());
            if (norm != null) folded.add(chain.norm());
            if (chain.relu() != null) folded.add(chain.relu());
            var fake = FakeInt8.of(layer, observers.get(path).range(), most, norm, chain.relu() != null);
            return change(QuantizedKind.AWARE, Map.of(QuantizedKind.MOST, most, QuantizedKind.BIASED, fake.bias != null,
                    QuantizedKind.RELU, fake.relu())).mark(layer, fake);
        });
        fold(model, folded);
        return done;
    }

    private static void observe(Layer model, Predicate<String> names, Observing observing,
            Map<String, Observer> observers, Runnable run) {
        try (var _ = model.evaluating(); var _ = Torch.noGrad(); var _ = Hooks.listen(model, call -> {
            if (call.layer() == null || !names.test(call.path()) || !FakeInt8.takes(call.layer())) return;
            try (var _ = Scope.open()) {
                observers.computeIfAbsent(call.path(), _ -> observing.observer()).see(call.inputs().getFirst());
            }
        })) {
            run.run();
        }
        Expect.that(!observers.isEmpty(), "StaticQuantization", "examples that run through convolutions or affine maps"
                + " of a chosen name", "none that do");
    }

    private static void fold(Layer model, Set<String> paths) {
        model.replaceAndFree((path, layer) -> paths.contains(path)
                ? change(QuantizedKind.FOLDED, Map.of()).mark(layer, new Folded()) : layer);
    }

    /**
     * Layers that were {@linkplain #prepare prepared} become {@link StaticInt8}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Replaced convert(Layer model) {
        var done = Replaced.in(model, (_, layer) -> layer instanceof FakeInt8 fake
                ? change(QuantizedKind.STATIC, Map.of()).mark(fake, StaticInt8.of(fake)) : layer);
        Expect.that(!done.changed().isEmpty(), "StaticQuantization.convert", "a model that was prepared", done);
        return done;
    }

    private static Change change(String scheme, Map<String, Object> settings) {
        var all = new LinkedHashMap<>(settings);
        all.put(QuantizedKind.SCHEME, scheme);
        return new Change(QuantizedKind.NAME, all);
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * How a layer was made from the one that stood in its place when the model was built, such as by pruning. It is saved
 * with the weights, so that loading makes the same of a new model before its weights are read.
 *
 * <pre>{@code
 * var change = new Change("low_rank", Map.of("rank", 8));
 * model.replace((path, layer) -> layer instanceof Linear linear ? change.mark(linear, factors(linear, 8)) : layer);
 * Safetensors.save(model, file);              // says which layers were changed, and how
 * }</pre>
 *
 * @param kind the name of a {@link Kind}
 * @param settings texts, booleans, int and double numbers, and lists and maps of them: all that the kind needs beside
 *     the layer
 */
public record Change(String kind, Map<String, Object> settings) {
    public Change { settings = Map.copyOf(settings); }

    /**
     * What makes changes of one kind again. Modules provide theirs in
     * {@code META-INF/services/dev.merapi.nn.Change$Kind}.
     */
    public interface Kind {
        /** As in {@link Change#kind}. */
        String name();

        /**
         * The layer that the change made of {@code layer}, of the same shapes and types; its values mean nothing, for
         * they are loaded next. It lies where {@code layer} does, also on {@link dev.merapi.tensor.Device#META}. Of a
         * whole model it is the model itself, changed within.
         *
         * @throws IllegalArgumentException if {@code layer} is none that can be changed so, or a setting is wrong
         */
        Layer make(Layer layer, Map<String, Object> settings);
    }

    /**
     * A way to change a trained model as it stands, without data, such as to fewer bits. Modules provide theirs in
     * {@code META-INF/services/dev.merapi.nn.Change$Method}.
     */
    public interface Method {
        /** What a user calls it. */
        String name();

        /** Changes a model, and says in a line what became of it. */
        String change(Layer model);
    }

    /**
     * Changes a model by the {@link Method} of a name.
     *
     * @return what became of it
     * @throws IllegalArgumentException if no module on the class path knows the method, and where nothing in the model
     *     can be changed so
     */
    public static String by(String method, Layer model) {
        var methods = ServiceLoader.load(Method.class).stream().map(ServiceLoader.Provider::get).toList();
        return methods.stream().filter(m -> m.name().equals(method)).findFirst().orElseThrow(() -> Expect.error(
                "Change.by", "a method of " + methods.stream().map(Method::name).sorted().toList(), method,
                "put the module on the class path that has it, such as merapi-compress")).change(model);
    }

    /**
     * Says that a layer was made so.
     *
     * @param before in whose place it comes, and whose own changes it bears on; may be {@code now} itself
     * @return {@code now}
     */
    public <L extends Layer> L mark(Layer before, L now) {
        var all = new ArrayList<>(before.changes());
        all.add(this);
        now.changes = List.copyOf(all);
        return now;
    }

    /**
     * Makes this change of a layer, without values; see {@link Kind#make}.
     *
     * @throws IllegalArgumentException if no module on the class path knows the kind, and as {@link Kind#make}
     */
    public Layer make(Layer layer) {
        var kinds = ServiceLoader.load(Kind.class).stream().map(ServiceLoader.Provider::get).toList();
        var made = kinds.stream().filter(k -> k.name().equals(kind)).findFirst().orElseThrow(() -> Expect.error(
                "Change", "a kind of " + kinds.stream().map(Kind::name).sorted().toList(), kind,
                "put the module on the class path that made the model, such as merapi-compress"))
                .make(layer, settings);
        made.train(layer.isTraining());
        return mark(layer, made);
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * A part of a model. Its state is its fields: every {@link Param}, {@link State} and {@link Layer}, alone or
 * in a {@code List} or {@code Map}; {@code transient} fields and everything else are configuration. Names in
 * files are the fields' names in snake_case, joined by dots; {@link Name} makes exceptions.
 *
 * <p>A layer has no {@code forward} of its own: each class declares a typed one. Those with one tensor in and
 * one out implement {@link Unary}.
 */
public abstract class Layer implements AutoCloseable {
    private transient volatile boolean training = true;
    private transient boolean frozen;
    private transient Layer parent;
    private transient String name;
    transient Blocks.Runner runner; // where it is a block; null: none
    transient List<Change> changes = List.of();

    /** A new trainable parameter of this layer: on {@link Torch#device}, of {@link Torch#dtype}. */
    protected final Param param(Init init, long... shape) {
        ParamLimit.take(shape);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new Param(filled(init, shape));
        }
    }

    /** A new tensor that is saved but not trained: on {@link Torch#device}, of {@link Torch#dtype}. */
    protected final State state(Init init, long... shape) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new State(filled(init, shape));
        }
    }

    private static Tensor filled(Init init, long... shape) {
        Tensor t = Tensor.empty(shape);
        return t.device().equals(Device.META) ? t : init.fill(t);
    }

    /** All parameters by full name, frozen ones too; one that is used twice stands under its first name. */
    public final Map<String, Param> params() {
        var params = new LinkedHashMap<String, Param>();
        Set<Param> seen = identitySet();
        walk((path, part) -> {
            if (part instanceof Param param && seen.add(param)) params.put(path, param);
        });
        return params;
    }

    /**
     * All parameters and states by full name, as they are saved; one that is used twice stands under each
     * name.
     */
    public final Map<String, Tensor> tensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        walk((path, part) -> {
            if (part instanceof Tensor tensor) tensors.put(path, tensor);
        });
        return tensors;
    }

    /** This layer, under an empty name, and all layers in it by full name; of two with one name, the outer one. */
    public final Map<String, Layer> layers() {
        var layers = new LinkedHashMap<String, Layer>();
        visit(layers::putIfAbsent);
        return layers;
    }

    /** This layer and all in it, in every place. */
    final void visit(BiConsumer<String, Layer> visitor) {
        visitor.accept("", this);
        walk((path, part) -> {
            if (part instanceof Layer layer) visitor.accept(path, layer);
        });
    }

    private Set<Layer> all() {
        Set<Layer> all = identitySet();
        visit((_, layer) -> all.add(layer));
        return all;
    }

    private void walk(BiConsumer<String, Object> visitor) { walk("", visitor, identitySet()); }

    private void walk(String prefix, BiConsumer<String, Object> visitor, Set<Layer> seen) {
        Fields.parts(this).forEach((partName, part) -> {
            String path = Fields.join(prefix, partName);
            visitor.accept(path, part);
            if (part instanceof Layer child) {
                if (seen.add(child)) {
                    child.parent = this;
                    child.name = partName;
                }
                child.walk(path, visitor, seen);
            }
        });
    }

    private static <E> Set<E> identitySet() { return Collections.newSetFromMap(new IdentityHashMap<>()); }

    /**
     * Where this layer stands in its model, such as {@code layers.0.conv}; of one that is used twice, its first place.
     * Its class name until its model is asked for parameters or layers.
     */
    public final String path() {
        if (parent == null) return getClass().getSimpleName();
        return parent.parent == null ? name : Fields.join(parent.path(), name);
    }

    /** For messages: {@link #path} and, unless that is it, the class, such as {@code layers.0.conv (Conv2d)}. */
    final String where() { return path() + (parent == null ? "" : " (" + getClass().getSimpleName() + ")"); }

    /** The class, shapes and settings, and below what it contains, a line each. */
    @Override public String toString() { return LayerFormat.format(this); }

    /** Number of parameters, those used twice counted once. */
    public final long parameterCount() { return params().values().stream().mapToLong(Tensor::numel).sum(); }

    /** Whether dropout and batch statistics are active on this thread. */
    public final boolean isTraining() { return training && !Evaluations.contain(this); }

    /** Switches this layer and all in it to training or to evaluation. */
    public final void train(boolean on) {
        var all = all();
        all.forEach(layer -> layer.training = on);
        Evaluations.forget(all); // what is said now holds within an evaluation too
    }

    /** Switches to training: dropout, and statistics of the batch. */
    public final void train() { train(true); }

    /** Switches to evaluation: no dropout, stored statistics. */
    public final void eval() { train(false); }

    /**
     * Switches to evaluation on this thread until it is closed; then each layer has the mode back that it had, also one
     * that was switched by itself. On other threads nothing changes, so a model can be asked in the middle of its
     * training, also by several at once. A model that is in evaluation already is left as it is.
     *
     * <pre>{@code
     * try (var _ = model.evaluating(); var _ = Torch.noGrad()) {
     *     model.forward(x);
     * }
     * }</pre>
     */
    public final Guard evaluating() {
        return training ? Evaluations.begin(all()) : () -> { };
    }

    /**
     * Stops or resumes the training of all parameters in this layer. As in Keras, and unlike PyTorch, a frozen
     * {@link BatchNorm} also keeps its running statistics, and uses them in training too.
     */
    public final void freeze(boolean frozen) {
        params().values().forEach(p -> p.requiresGrad_(!frozen));
        all().forEach(layer -> layer.frozen = frozen);
    }

    /**
     * Stops the training of the parameters with chosen names, and of nothing else: what was frozen before and is not
     * chosen stays frozen. A {@link BatchNorm} all of whose parameters are chosen keeps its running statistics too.
     *
     * <pre>{@code
     * model.freeze(NamePattern.of("0.*"));
     * }</pre>
     */
    public final void freeze(Predicate<String> names) {
        params().forEach((name, param) -> {
            if (names.test(name)) param.requiresGrad_(false);
        });
        visit((path, layer) -> {
            var own = layer.params().keySet();
            boolean all = !own.isEmpty() && own.stream().allMatch(name -> names.test(Fields.join(path, name)));
            if (all) layer.frozen = true;
        });
    }

    /** Whether a norm with running statistics is to use its input's and to move the running ones. */
    final boolean movesStatistics() {
        if (frozen || !isTraining()) return false;
        if (!Torch.isInference()) return true;
        throw new IllegalStateException(where() + ": expected evaluation mode inside Torch.inference(). Received"
                + " training mode, in which running statistics would change; call eval() on the model first.");
    }

    /**
     * Puts other layers in the places of some, such as a frozen one with a small trained one beside it. A layer that is
     * replaced is not looked into; one that stands in several places is asked for once and replaced in all. What comes
     * takes over the mode, training or evaluation, of what goes, which is not closed. Optimizers made before do not
     * know of new parameters.
     *
     * <pre>{@code
     * model.replace((path, layer) -> layer instanceof Relu ? new PRelu(1) : layer);
     * }</pre>
     *
     * @param by gets each layer in this one with its path, outer ones first, and returns what shall stand there
     * @throws IllegalArgumentException if something does not fit its field's type, or the field is final, or its list
     *     or map cannot be modified; then nothing has changed
     */
    public final void replace(BiFunction<String, Layer, Layer> by) {
        Replacement.in(this, by);
        visit((_, _) -> { }); // tells them their places
    }

    /** As {@link #replace}; then frees parameters and states that this layer no longer has. */
    public final void replaceAndFree(BiFunction<String, Layer, Layer> by) {
        Set<Tensor> gone = identitySet();
        gone.addAll(tensors().values());
        replace(by);
        tensors().values().forEach(gone::remove);
        gone.forEach(Tensor::close);
    }

    /**
     * What was done, in order, to the layer that the model was built with here, until it was this one; see
     * {@link Change}. Empty for a layer as its model made it.
     */
    public final List<Change> changes() { return changes; }

    /**
     * Gives parameters and states other values, of any device and type and of the same shape; one that stands in
     * several places is asked for once, and gradients are not recorded.
     *
     * @param by gets each with its name, and returns what it shall hold, or the tensor itself
     */
    public final void map(BiFunction<String, Tensor, Tensor> by) {
        Set<Tensor> seen = identitySet();
        try (var _ = Torch.noGrad()) {
            tensors().forEach((name, tensor) -> {
                if (seen.add(tensor)) hold(tensor, name, by);
            });
        }
    }

    private static void hold(Tensor owned, String name, BiFunction<String, Tensor, Tensor> by) {
        try (var _ = Scope.open()) {
            Tensor value = by.apply(name, owned);
            if (value == owned) return;
            switch (owned) {
                case Param p -> p.set(value);
                case State s -> s.set(value);
                default -> throw new AssertionError(owned);
            }
        }
    }

    /** Moves all state to a device. */
    public final void to(Device device) { map((_, t) -> t.to(device)); }

    /** Converts all floating-point state. */
    public final void to(DType type) { map((_, t) -> t.dtype().isFloating() ? t.to(type) : t); }

    /**
     * Lets {@link Hooks} see and change what this layer has computed: {@code return hooked(x.matmul(weight), x)}.
     *
     * @return {@code y}, or what a hook puts in its place
     */
    protected final Tensor hooked(Tensor y, Tensor x) { return Hooks.isOn() ? Watches.output(this, y, x) : y; }

    /** As {@link #hooked(Tensor, Tensor)}, for a layer of several inputs. */
    protected final Tensor hooked(Tensor y, Tensor x, Tensor other) {
        return Hooks.isOn() ? Watches.output(this, y, x, other) : y;
    }

    /**
     * Tells {@link Summary} how many multiply-adds a result took, where the functions of {@link F} were not asked, for
     * they tell it themselves.
     */
    protected final Tensor counted(Tensor y, long multiplyAdds) {
        if (!Hooks.isOn()) return y;
        Watches.begin(this);
        return Watches.product(null, y, multiplyAdds);
    }

    /**
     * What a field is called in files, for a class whose names depend on its settings; null for the usual, its
     * {@link Name} or snake_case.
     */
    protected String nameOf(String field) { return null; }

    /** The device of the first parameter or state; the CPU for a layer without. */
    public final Device device() {
        Tensor first = first(_ -> true);
        return first == null ? Device.CPU : first.device();
    }

    /** The type of the first parameter or state that is floating; float32 for a layer without. */
    public final DType dtype() {
        Tensor first = first(t -> t.dtype().isFloating());
        return first == null ? DType.FLOAT32 : first.dtype();
    }

    /** Without a walk through all: models ask at each step. */
    private Tensor first(Predicate<Tensor> condition) {
        for (Object part : Fields.parts(this).values()) {
            Tensor found = part instanceof Layer layer ? layer.first(condition)
                    : condition.test((Tensor) part) ? (Tensor) part : null;
            if (found != null) return found;
        }
        return null;
    }

    /**
     * Frees all parameters and states, those that another thread may be using with the garbage: its next call with them
     * throws {@link IllegalStateException}. A layer that is never closed is freed when it is garbage.
     */
    @Override public final void close() {
        all().forEach(Layer::closing);
        Set.copyOf(tensors().values()).forEach(Tensor::close);
    }

    /** Called when this layer, or one around it, is closed: frees what else it holds, such as a cache. */
    protected void closing() {}
}

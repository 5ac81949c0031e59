package dev.merapi.nn;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Those who watch models on this thread: what layers and functions tell, and whom. */
final class Watches {
    /** Hears of functions that use a parameter, and how many multiply-adds they took. */
    @FunctionalInterface
    interface Operations {
        void ran(String path, String type, Tensor y, long multiplyAdds);
    }

    private static final AtomicInteger OPEN = new AtomicInteger(); // on all threads
    private static final ThreadLocal<Watches> HERE = ThreadLocal.withInitial(Watches::new);

    private final List<Watch> all = new CopyOnWriteArrayList<>();
    private final List<BiConsumer<Operation, Tensor>> operations = new CopyOnWriteArrayList<>();
    private boolean calling; // a hook, which calls no other
    private Layer running; // that said so last, or null
    private Layer last; // that told of itself and nothing has run since

    private Watches() {}

    static boolean isOn() { return OPEN.get() > 0 && HERE.get().isWatched(); }

    private boolean isWatched() { return !(all.isEmpty() && operations.isEmpty()) && !calling; }

    static Guard add(Watch watch) {
        var here = HERE.get();
        here.all.add(watch);
        OPEN.incrementAndGet();
        return () -> {
            if (!here.all.remove(watch)) return;
            OPEN.decrementAndGet();
            here.last = null;
            here.running = null;
        };
    }

    static Guard add(BiConsumer<Operation, Tensor> listener) {
        var here = HERE.get();
        here.operations.add(listener);
        OPEN.incrementAndGet();
        return () -> {
            if (here.operations.remove(listener)) OPEN.decrementAndGet();
        };
    }

    /** Whether somebody listens to operations, so that weights are to be used by functions of {@link F}, and whole. */
    static boolean seesOperations() { return OPEN.get() > 0 && !HERE.get().operations.isEmpty() && isOn(); }

    /** {@code y} came from an operation. */
    static Tensor ran(Tensor y, Supplier<Operation> operation) {
        if (seesOperations()) HERE.get().operations.forEach(listener -> listener.accept(operation.get(), y));
        return y;
    }

    /** The function that follows is {@code layer}'s, who may not be the first to hold the parameter. */
    static void begin(Layer layer) { HERE.get().running = layer; }

    /** {@code y} came from {@code layer}. */
    static Tensor output(Layer layer, Tensor y, Tensor... inputs) {
        var here = HERE.get();
        Tensor now = here.call(y, List.of(inputs), (watch, inputsNow, z) -> watch.call(layer, inputsNow, z));
        here.last = layer;
        here.running = null;
        return now;
    }

    /** {@code y} is the result of a part of {@code parent}, which may call no hooks, nor be a layer. */
    static Tensor child(Layer parent, Object name, Unary child, Tensor x, Tensor y) {
        if (!isOn()) return y;
        var here = HERE.get();
        boolean told = child instanceof Layer && here.last == child;
        here.last = null;
        if (told) return y;
        return here.call(y, List.of(x), (watch, inputs, z) -> watch.callChild(parent, name, child, inputs, z));
    }

    private interface Calling {
        Tensor call(Watch watch, List<Tensor> inputs, Tensor y);
    }

    private Tensor call(Tensor y, List<Tensor> inputs, Calling one) {
        Tensor now = y;
        calling = true;
        try {
            for (Watch watch : all) now = one.call(watch, inputs, now);
        } finally {
            calling = false;
        }
        return now;
    }

    /** {@code y} came from {@code source}, a parameter, without a matrix product. */
    static Tensor operation(Tensor source, Tensor y) { return product(source, y, 0); }

    /** {@code y} came from {@code weight} (out, …), each unit of {@code units} using a whole row of it. */
    static Tensor product(Tensor weight, Tensor units, Tensor y) {
        return isOn() ? product(weight, y, units.numel() * (weight.numel() / weight.size(0))) : y;
    }

    /** {@code y} came from {@code source}, a parameter or null, by so many multiply-adds. */
    static Tensor product(Tensor source, Tensor y, long multiplyAdds) {
        if (!isOn()) return y;
        var here = HERE.get();
        here.all.forEach(watch -> watch.ran(here.running == null ? source : here.running, y, multiplyAdds));
        return y;
    }

    /** Of a layer, or of a function that stands for one. */
    static String typeOf(Object child) {
        if (child instanceof Enum<?> || child instanceof Lambda) return child.toString();
        return child.getClass().isSynthetic() || child.getClass().isHidden() ? "Lambda"
                : child.getClass().getSimpleName();
    }

    /** One hook and the model it watches. */
    static final class Watch {
        private final Hook hook;
        private final Operations operations; // or null
        private final Map<Object, String> paths = new IdentityHashMap<>();
        private final Map<String, Layer> layers;
        private String lastOwner = "";

        Watch(Layer model, Hook hook, Operations operations) {
            this.hook = hook;
            this.operations = operations;
            this.layers = model.layers();
            model.visit((path, layer) -> {
                paths.putIfAbsent(layer, path);
                Fields.parts(layer).values().forEach(part -> {
                    if (part instanceof Param || part instanceof State) paths.putIfAbsent(part, path);
                });
            });
        }

        private Tensor call(Layer layer, List<Tensor> inputs, Tensor y) {
            return call(paths.get(layer), typeOf(layer), layer, inputs, y);
        }

        private Tensor callChild(Layer parent, Object name, Unary child, List<Tensor> inputs, Tensor y) {
            String path = paths.get(parent);
            return call(path == null ? null : Fields.join(path, "" + name), typeOf(child),
                    child instanceof Layer layer ? layer : null, inputs, y);
        }

        private Tensor call(String path, String type, Layer layer, List<Tensor> inputs, Tensor y) {
            if (path == null) return y; // a layer outside the model
            Tensor now = hook.around(new Hook.Call(path, type, layer, inputs, y));
            if (now != null) return now;
            throw new IllegalArgumentException("Hooks.around: expected a tensor from the hook at " + (path.isEmpty()
                    ? type : path) + ". Received null; return call.output() to leave it as it is.");
        }

        private void ran(Object source, Tensor y, long multiplyAdds) {
            if (operations == null) return;
            String owner = paths.get(source);
            if (owner == null) owner = composite(lastOwner);
            lastOwner = owner;
            operations.ran(owner, layers.get(owner).getClass().getSimpleName(), y, multiplyAdds);
        }

        /** Where work without a parameter, such as attention, belongs: to the layer around the last one that ran. */
        private String composite(String path) {
            if (layers.get(path) instanceof Layer layer && layer.layers().size() > 1) return path;
            do { // a @Name may hold dots, so that not every beginning of a path is a layer
                path = path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "";
            } while (!layers.containsKey(path));
            return path;
        }
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Listens to what the layers of a model compute on this thread; costs nothing while nobody listens.
 *
 * <pre>{@code
 * try (var _ = Trace.listen(model, out -> IO.println(out.path() + " " + out.value().describe()))) {
 *     model.forward(x);
 * }
 * }</pre>
 *
 * Reported are the functions of {@link F} that use a parameter, under the layer that owns it, and each child of a
 * {@link Sequential} or {@link Residual}.
 */
public final class Trace {
    /**
     * One result.
     *
     * @param path the layer's name in the model; empty for the model itself
     * @param type the layer's class, or what stands for it
     * @param value the result; it lives in the caller's scope
     * @param multiplyAdds of its matrix products and convolutions
     */
    public record Output(String path, String type, Tensor value, long multiplyAdds) {}

    private static final ThreadLocal<Trace> CURRENT = new ThreadLocal<>();
    private static final AtomicInteger LISTENERS = new AtomicInteger();

    private final Consumer<Output> listener;
    private final Map<Object, String> paths = new IdentityHashMap<>();
    private final Map<String, Layer> layers;
    private String last = "";

    private Trace(Layer model, Consumer<Output> listener) {
        this.listener = listener;
        this.layers = model.layers();
        layers.forEach((path, layer) -> {
            paths.putIfAbsent(layer, path);
            Fields.parts(layer).values().forEach(part -> {
                if (part instanceof Param || part instanceof State) paths.putIfAbsent(part, path);
            });
        });
    }

    /**
     * Calls {@code listener} for each result of {@code model}'s layers on this thread until the guard is
     * closed.
     */
    public static Guard listen(Layer model, Consumer<Output> listener) {
        var outer = CURRENT.get();
        CURRENT.set(new Trace(model, listener));
        LISTENERS.incrementAndGet();
        return () -> {
            LISTENERS.decrementAndGet();
            CURRENT.set(outer);
        };
    }

    /**
     * Runs {@code forward} and names the first layer whose output has a NaN or an infinity.
     *
     * @return its path, or null if all are finite
     */
    public static String firstBad(Layer model, Runnable forward) {
        var bad = new AtomicReference<String>();
        try (var _ = Scope.open(); var _ = listen(model, out -> {
            if (bad.get() == null && !isFinite(out.value())) bad.set(out.path().isEmpty() ? out.type() : out.path());
        })) {
            forward.run();
        }
        return bad.get();
    }

    private static boolean isFinite(Tensor t) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return t.isFinite().all().itemBoolean();
        }
    }

    /** {@code y} came from {@code source}, a layer or a parameter, without another matrix product. */
    static Tensor output(Object source, Tensor y) {
        if (isOn()) CURRENT.get().report(source, y, 0);
        return y;
    }

    /** {@code y} came from {@code weight} (out, …), each unit of {@code units} using a whole row of it. */
    static Tensor product(Tensor weight, Tensor units, Tensor y) {
        if (isOn()) CURRENT.get().report(weight, y, units.numel() * (weight.numel() / weight.size(0)));
        return y;
    }

    /** {@code y} came from {@code source}, a parameter or null, by so many multiply-adds. */
    static Tensor product(Tensor source, Tensor y, long multiplyAdds) {
        if (isOn()) CURRENT.get().report(source, y, multiplyAdds);
        return y;
    }

    /** {@code y} is the result of a part of {@code parent} that may have no state, nor be a layer. */
    static Tensor child(Layer parent, Object name, Unary child, Tensor y) {
        if (isOn()) CURRENT.get().reportChild(parent, name, child, y);
        return y;
    }

    static boolean isOn() { return LISTENERS.get() > 0 && CURRENT.get() != null; }

    private void report(Object source, Tensor y, long multiplyAdds) {
        String path = paths.get(source);
        if (path == null) path = composite(last);
        last = path;
        listener.accept(new Output(path, layers.get(path).getClass().getSimpleName(), y, multiplyAdds));
    }

    /**
     * Where work without a parameter, such as attention, belongs: to the layer around the last one reported.
     */
    private String composite(String path) {
        if (layers.get(path) instanceof Layer layer && layer.layers().size() > 1) return path;
        do { // a @Name may hold dots, so that not every beginning of a path is a layer
            path = path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "";
        } while (!layers.containsKey(path));
        return path;
    }

    private void reportChild(Layer parent, Object name, Unary child, Tensor y) {
        String path = paths.get(parent);
        if (path == null) return; // a layer outside the model
        listener.accept(new Output(Fields.join(path, "" + name), typeOf(child), y, 0));
    }

    static String typeOf(Unary child) {
        if (child instanceof Enum<?> || child instanceof Lambda) return child.toString();
        return child.getClass().isSynthetic() || child.getClass().isHidden() ? "Lambda"
                : child.getClass().getSimpleName();
    }
}

package dev.merapi.nn;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Looks at what the layers of a model compute on this thread, and steps in; costs nothing while nobody does.
 *
 * <pre>{@code
 * try (var _ = Hooks.around(model, call -> call.path().equals("0") ? call.output().clamp(0, 6) : call.output())) {
 *     model.forward(x);
 * }
 * }</pre>
 *
 * All layers and models of this library call hooks when they have run, inner ones first, and a {@link Sequential} or
 * {@link Residual} also for functions and for layers that do not: one of your own does where it returns
 * {@link Layer#hooked}. Several hooks run in the order in which they came, each on what the one before returned. What a
 * hook itself computes calls none. While there is one, layers run as they are written: nothing is fused or freed early.
 */
public final class Hooks {
    private Hooks() {}

    /** Calls {@code hook} around each run of {@code model}'s layers on this thread until the guard is closed. */
    public static Guard around(Layer model, Hook hook) { return Watches.add(new Watches.Watch(model, hook, null)); }

    /** As {@link #around}, for a hook that changes nothing. */
    public static Guard listen(Layer model, Consumer<Hook.Call> listener) {
        return around(model, call -> {
            listener.accept(call);
            return call.output();
        });
    }

    /**
     * Calls {@code listener} with each function of {@link F} that runs with a weight on this thread, and with its
     * result, until the guard is closed: what gradients of single samples are computed from. Recurrent layers run step
     * by step meanwhile, so that all that they compute is seen.
     */
    public static Guard operations(BiConsumer<Operation, Tensor> listener) { return Watches.add(listener); }

    /** As {@link #listen}, also to the functions of {@link F} that use a parameter, under the layer that owns it. */
    static Guard listen(Layer model, Watches.Operations listener) {
        return Watches.add(new Watches.Watch(model, call -> {
            listener.ran(call.path(), call.type(), call.output(), 0);
            return call.output();
        }, listener));
    }

    /**
     * Calls {@code hook} with the name and the parameter for each of {@code model}'s that a backward on this thread has
     * added a gradient to, when it has added all of them, until the guard is closed.
     *
     * <pre>{@code
     * try (var _ = Hooks.afterGradient(model, (name, param) -> norms.put(name, param.grad().norm().item()))) {
     *     loss.backward();
     * }
     * }</pre>
     */
    public static Guard afterGradient(Layer model, BiConsumer<String, Param> hook) {
        var all = new ArrayList<Guard>();
        model.params().forEach((name, param) -> {
            if (param.isTrainable()) all.add(param.afterGradient(() -> hook.accept(name, param)));
        });
        return () -> all.forEach(Guard::close);
    }

    /**
     * Runs a function that is a part of {@code owner} but no layer, such as the ReLU of a residual block, so that hooks
     * see it, under that layer's path.
     */
    public static Tensor part(Layer owner, String name, Unary function, Tensor x) {
        return Watches.child(owner, name, function, x, function.forward(x));
    }

    /** Whether a hook is there on this thread, so that shortcuts past layers are not to be taken. */
    public static boolean isOn() { return Watches.isOn(); }

    /**
     * Runs {@code forward} and names the first layer whose output has a NaN or an infinity.
     *
     * @return its path, or null if all are finite
     */
    public static String firstBad(Layer model, Runnable forward) {
        var bad = new AtomicReference<String>();
        try (var _ = Scope.open(); var _ = listen(model, (path, type, y, _) -> {
            if (bad.get() == null && !isFinite(y)) bad.set(path.isEmpty() ? type : path);
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
}

package dev.merapi.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Hears of each operator that this thread runs on tensors, by the engine's name for it: for those who write down what a
 * model computes, to run it elsewhere. Costs nothing while nobody does.
 *
 * <pre>{@code
 * var names = new ArrayList<String>();
 * try (var _ = Recording.listen(operation -> names.add(operation.name()))) {
 *     model.forward(x);
 * }
 * }</pre>
 *
 * Meanwhile layers run as they are written, each as the operator of its formula, and not by a faster way with the same
 * result. What a listener itself computes is not heard.
 */
public final class Recording {
    private static final AtomicInteger OPEN = new AtomicInteger(); // on all threads
    private static final ThreadLocal<Recording> HERE = ThreadLocal.withInitial(Recording::new);

    private final List<Consumer<Operation>> listeners = new ArrayList<>();
    private boolean telling;

    private Recording() {}

    /**
     * One call of an operator.
     *
     * @param name as in {@code aten::name}; with an underscore at the end, it changed its first argument, the result.
     *     Empty for a call of the engine without a name
     * @param arguments tensors, arrays of them, numbers, {@code long[]}, texts and others; those at the end may be
     *     missing where they are the operator's defaults
     * @param results those that there are; null in the place of one that is not
     */
    public record Operation(String name, List<Object> arguments, List<Tensor> results) {}

    /** Tells {@code listener} of each operator on this thread, when it has run, until the guard is closed. */
    public static Guard listen(Consumer<Operation> listener) {
        var here = HERE.get();
        here.listeners.add(listener);
        OPEN.incrementAndGet();
        return () -> {
            if (here.listeners.remove(listener)) OPEN.decrementAndGet();
        };
    }

    /** Whether somebody listens on this thread, so that faster ways are not to be taken. */
    public static boolean isOn() { return OPEN.get() > 0 && HERE.get().hears(); }

    private boolean hears() { return !listeners.isEmpty() && !telling; }

    static Tensor heard(Tensor result, String name, Tensor self, Object... arguments) {
        if (isOn()) {
            var all = new ArrayList<Object>(arguments.length + 1);
            all.add(self);
            all.addAll(Arrays.asList(arguments));
            HERE.get().tell(new Operation(name, all, List.of(result)));
        }
        return result;
    }

    /** An operator whose number stands behind its tensors. */
    static Tensor heard(Tensor result, String name, Tensor self, Tensor[] others, Number number) {
        if (!isOn()) return result;
        Object[] arguments = Arrays.copyOf(others, others.length + 1, Object[].class);
        arguments[others.length] = number;
        return heard(result, name, self, arguments);
    }

    /** An operator without a tensor of which it is a method. */
    static Tensor heard(String name, Tensor result, Object... arguments) {
        if (isOn()) heard(name, new Tensor[] {result}, arguments);
        return result;
    }

    static Tensor[] heard(String name, Tensor[] results, Object... arguments) {
        if (isOn()) {
            HERE.get().tell(new Operation(name, Arrays.asList(arguments),
                    Arrays.asList(results)));
        }
        return results;
    }

    private void tell(Operation operation) {
        telling = true;
        try {
            listeners.forEach(listener -> listener.accept(operation));
        } finally {
            telling = false;
        }
    }
}

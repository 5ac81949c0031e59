package dev.merapi.tensor;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;

/** A Java function that libtorch calls with a gradient during backward. */
final class GradientHook extends TensorTensorHook {
    /** Receives a gradient and returns a new pointer to what replaces it, or null to leave it. */
    @FunctionalInterface
    interface Replacement {
        org.bytedeco.pytorch.Tensor of(TensorBase gradient);
    }

    /** libtorch refers to hooks weakly. Those on leaves are held here; the others as long as their graph. */
    private static final Set<GradientHook> ON_LEAVES = ConcurrentHashMap.newKeySet();

    /** What hooks threw: an exception loses all but its text on its way through C++, so the text carries a number. */
    private static final Map<Long, Throwable> FAILURES = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBER = new AtomicLong();
    private static final Pattern FAILURE = Pattern.compile("gradient hook failure (\\d+)");

    /** libtorch copies what a hook returns only after the return, so it is freed by the thread's next call. */
    private static final ThreadLocal<TensorBase> RETURNED = new ThreadLocal<>();

    private final Replacement replacement;
    private volatile boolean removed;

    private GradientHook(Replacement replacement) { this.replacement = replacement; }

    static Guard register(Tensor tensor, UnaryOperator<Tensor> function) {
        return replace(tensor, gradient -> {
            Tensor received = Tensor.wrap(() -> new org.bytedeco.pytorch.Tensor(gradient));
            Tensor replaced = function.apply(received);
            return replaced == null ? null : new org.bytedeco.pytorch.Tensor(replaced.unwrap());
        });
    }

    static Guard replace(Tensor tensor, Replacement replacement) {
        if (!tensor.requiresGrad()) {
            throw new IllegalArgumentException("Tensor.onGradient: expected a tensor that records gradients. Received "
                    + tensor.describe() + "; call requiresGrad_(true) on a leaf it depends on.");
        }
        var hook = new GradientHook(replacement);
        int number = tensor.unwrap().register_hook(hook);
        if (!tensor.isLeaf()) {
            GraphLifetime.whenFreed(tensor, hook::close);
            return () -> hook.removed = true;
        }
        ON_LEAVES.add(hook);
        Guard end = () -> {
            hook.removed = true;
            if (!ON_LEAVES.remove(hook)) return;
            tensor.unwrap().remove_hook(number);
            hook.close();
        };
        tensor.bind(end);
        return () -> {
            tensor.unbind(end);
            end.close();
        };
    }

    /** Hooks that leaves have. */
    static int onLeaves() { return ON_LEAVES.size(); }

    @Override public TensorBase call(TensorBase gradient) { // which is ours to free
        TensorBase result = gradient;
        try {
            TensorBase replaced = removed ? null : replacement.of(gradient);
            if (replaced != null) {
                gradient.close();
                result = replaced;
            }
        } catch (Throwable e) {
            gradient.close();
            long number = NUMBER.incrementAndGet();
            FAILURES.put(number, e);
            throw new IllegalStateException("gradient hook failure " + number);
        }
        freeReturned();
        RETURNED.set(result);
        return result;
    }

    static void freeReturned() {
        var returned = RETURNED.get();
        if (returned == null) return;
        returned.close();
        RETURNED.remove();
    }

    /** The exception of a hook that made backward fail, else our translation of libtorch's. */
    static RuntimeException translate(RuntimeException e, List<Tensor> outputs) {
        var number = FAILURE.matcher(String.valueOf(e.getMessage()));
        if (!number.find()) return EngineErrors.translate(e, outputs.toArray());
        return switch (FAILURES.remove(Long.valueOf(number.group(1)))) {
            case RuntimeException thrown -> thrown;
            case Error thrown -> throw thrown;
            case null, default -> e;
        };
    }
}

package dev.merapi.tensor;

import java.util.Arrays;

/**
 * A trainable tensor that a layer owns. It lives as long as its layer, on one identity: moving, converting or loading
 * it changes what it holds, never which object it is.
 */
public final class Param extends Tensor {
    /** Takes over {@code initial}'s memory and starts recording gradients. */
    public Param(Tensor initial) {
        super(initial.unwrap().detach());
        owned();
        requiresGrad_(true);
    }

    /**
     * Puts a gradient in the place of what has been accumulated; {@link #clearGrad} forgets it.
     *
     * @throws IllegalArgumentException unless it has this parameter's shape, type and device
     */
    public void grad(Tensor gradient) {
        if (!Arrays.equals(gradient.shape(), shape()) || gradient.dtype() != dtype()
                || !gradient.device().equals(device())) {
            throw new IllegalArgumentException("Param.grad: expected a gradient for " + describe() + ". Received "
                    + gradient.describe());
        }
        try (var detached = gradient.unwrap().detach()) {
            unwrap().mutable_grad().put(detached);
        }
    }

    /** Whether training changes it; a frozen parameter records no gradient. */
    public boolean isTrainable() { return requiresGrad(); }

    /** Holds {@code value}'s memory from now on, of any device and type; the shape must stay. */
    public void set(Tensor value) { replaceData(value); }

    /**
     * Frees the memory: now, or, where another thread may be using it, with the garbage. Closing again does nothing.
     */
    @Override public void close() { closeShared(); }

    /**
     * Runs {@code action} when a {@code backward()} on this thread that reaches this parameter has added to its
     * gradient and to all others, until the guard is closed; for a whole model there is
     * {@link dev.merapi.nn.Hooks#afterGradient}.
     *
     * @throws IllegalArgumentException if it is frozen
     */
    public Guard afterGradient(Runnable action) { return AfterBackward.of(this, action); }
}

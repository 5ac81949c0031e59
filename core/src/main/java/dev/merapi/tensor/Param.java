package dev.merapi.tensor;

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

    /** Whether training changes it; a frozen parameter records no gradient. */
    public boolean isTrainable() { return requiresGrad(); }

    /** Holds {@code value}'s memory from now on, of any device and type; the shape must stay. */
    public void set(Tensor value) { replaceData(value); }
}

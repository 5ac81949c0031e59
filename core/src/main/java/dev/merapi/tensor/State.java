package dev.merapi.tensor;

/**
 * A tensor that a layer owns and saves but does not train, such as running statistics. It lives as long as its layer,
 * on one identity, like a {@link Param}.
 */
public final class State extends Tensor {
    /** Takes over {@code initial}'s memory. */
    public State(Tensor initial) {
        super(initial.unwrap().detach());
        owned();
    }

    /** Holds {@code value}'s memory from now on, of any device and type; the shape must stay. */
    public void set(Tensor value) { replaceData(value); }

    /**
     * Frees the memory: now, or, where another thread may be using it, with the garbage. Closing again does nothing.
     */
    @Override public void close() { closeShared(); }
}

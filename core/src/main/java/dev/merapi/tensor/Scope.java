package dev.merapi.tensor;

import java.util.ArrayList;

/**
 * A lexical lifetime for native memory: tensors made on this thread while it is the innermost open scope are freed
 * when it closes.
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *     var loss = model.forward(x).sub(y).pow(2).mean();
 *     best = scope.keep(loss.detach());      // this one moves out, to the parent
 * }
 * }</pre>
 *
 * <table>
 * <caption>Lifetimes</caption>
 * <tr><th>kind<th>freed<th>used for
 * <tr><td>step<td>when the innermost open scope of its thread closes<td>activations, losses
 * <tr><td>batch<td>by the loader, when the next batch is taken<td>inputs, labels
 * <tr><td>owner<td>with its owner, see {@link Tensor#owned}<td>parameters, optimizer state, caches
 * <tr><td>automatic<td>by the garbage collector, where no scope is open<td>a REPL, a quick test
 * </table>
 *
 * A result belongs to the innermost open scope of its thread, never to an operand. Scopes close in the reverse order of
 * their opening, on the thread that opened them, once.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Scope> INNERMOST = new ThreadLocal<>();
    private static final int CAPACITY = 256;

    private final Scope parent;
    private final Thread thread;
    private final ArrayList<Tensor> tensors = new ArrayList<>();
    private int capacity = CAPACITY;
    private boolean closed;

    private Scope(Scope parent, Thread thread) {
        this.parent = parent;
        this.thread = thread;
    }

    /**
     * Opens a scope inside this thread's innermost one.
     *
     * @throws IllegalStateException on a virtual thread: libtorch's modes belong to the carrier thread
     */
    public static Scope open() {
        var scope = new Scope(INNERMOST.get(), Torch.platformThread("Scope.open"));
        INNERMOST.set(scope);
        if (scope.parent == null) Activity.enter();
        return scope;
    }

    /** Tensors alive now in this scope. */
    public int size() { return (int) tensors.stream().filter(t -> t.isIn(this)).count(); }

    /**
     * Tensors alive now in the whole process, of every lifetime. It may fall at any time, when the garbage collector
     * frees automatic tensors.
     */
    public static long live() { return Tensor.live(); }

    /**
     * Moves a tensor of this scope out to the parent scope, or to the garbage collector if there is none. A tensor that
     * lives longer than this scope anyway stays as it is.
     *
     * @return the tensor
     * @throws IllegalStateException if the tensor, or this scope, is closed
     */
    public <T extends Tensor> T keep(T tensor) {
        checkUsable("keep");
        tensor.unwrap();
        if (!tensor.isIn(this)) return tensor;
        if (parent == null) tensor.owned();
        else tensor.moveTo(parent);
        return tensor;
    }

    /**
     * Hands the tensors of this scope to a new owner, who frees them all by closing the guard, on any thread. A loader
     * passes batches from its workers to the training thread this way.
     *
     * @throws IllegalStateException if this scope is closed
     */
    public Guard release() {
        checkUsable("release");
        var released = tensors.stream().filter(t -> t.isIn(this)).map(Tensor::owned).toList();
        tensors.clear();
        return () -> released.forEach(Tensor::close);
    }

    /**
     * Frees every tensor still in this scope.
     *
     * @throws IllegalStateException if closed before, not the innermost scope, or another thread's; or, all other
     *         tensors freed, if the segment of one is in use by a native call
     */
    @Override public void close() {
        checkUsable("close");
        if (INNERMOST.get() != this) {
            throw new IllegalStateException("Scope.close: an inner scope is still open. Close scopes in the reverse"
                    + " order of their opening; try-with-resources does.");
        }
        closed = true;
        if (parent == null) {
            INNERMOST.remove();
            Activity.leave();
        } else {
            INNERMOST.set(parent);
        }
        IllegalStateException inUse = null;
        for (Tensor tensor : tensors.reversed()) {
            try {
                if (tensor.isIn(this)) tensor.close();
            } catch (IllegalStateException e) {
                inUse = e;
            }
        }
        tensors.clear();
        if (inUse != null) throw inUse;
    }

    static Scope innermost() { return INNERMOST.get(); }

    void add(Tensor tensor) {
        if (tensors.size() == capacity) {
            tensors.removeIf(t -> !t.isIn(this)); // those that were closed or moved out
            capacity = Math.max(CAPACITY, 2 * tensors.size());
        }
        tensors.add(tensor);
    }

    private void checkUsable(String action) {
        if (closed) throw new IllegalStateException("Scope." + action + ": this scope is closed already.");
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("Scope." + action + ": expected thread " + thread.getName()
                    + ", which opened the scope. Received " + Thread.currentThread().getName());
        }
    }
}

package dev.merapi.optim;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.Map;

/**
 * Changes parameters by their gradients.
 *
 * <pre>{@code
 * optimizer.zeroGrad();
 * loss.backward();
 * optimizer.step();
 * }</pre>
 *
 * One of your own extends {@link AbstractOptimizer}; one that stands around another implements this interface.
 */
public interface Optimizer extends AutoCloseable {
    /** The parameters it may change, by name. */
    Map<String, Param> params();

    /** Forgets the gradients of all parameters. */
    default void zeroGrad() { params().values().forEach(Param::clearGrad); }

    /** Changes every parameter that has a gradient and is not frozen. */
    void step();

    /** The learning rate before the groups' own factors. */
    double learningRate();

    /** Sets the learning rate of the next steps; 0 is allowed here, as the start of a warm-up. */
    void learningRate(double rate);

    /**
     * What it remembers, for a checkpoint: its own tensors by name, not copies. Empty before the first step. The
     * learning rate is not part of it: that is the schedule's.
     */
    Map<String, Tensor> state();

    /** Whether {@link #state} is this rank's part of it alone, of several processes that train together. */
    default boolean isPart() { return false; }

    /**
     * Copies what {@link #state} returned, so that training goes on as if it had not been interrupted.
     *
     * @throws IllegalArgumentException naming everything that is missing, unexpected or of the wrong shape; nothing is
     *     changed then
     */
    void load(Map<String, Tensor> saved);

    /** Frees what it remembers; it would start afresh. */
    @Override void close();
}

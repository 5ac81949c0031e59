package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.io.Safetensors;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Clip;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What stands between the gradients and the weights: alone, or together with other ranks, each of which runs the same
 * fit on data of its own. Every method has the behaviour of one process as its default. Data parallelism overrides
 * {@link #reduce}, {@link #sum} and {@link #max}; differential privacy clips in {@link #backward} and adds noise in
 * {@link #reduce}; federated training averages weights in {@link #updated}.
 *
 * <pre>{@code
 * record Noisy(double deviation) implements Strategy {
 *     @Override public void reduce(List<Param> params) {
 *         for (Param param : params) param.grad().add_(Tensor.randn(param.shape()).mul(deviation));
 *     }
 * }
 * }</pre>
 *
 * {@link #reduce}, {@link #settle}, {@link #save}, {@link #load}, {@link #sum}, {@link #max} and {@link #gather} are
 * called on all ranks, equally often and in the same order: they may wait for one another. What fails on one rank fails
 * on all.
 */
public interface Strategy {
    /** One process, for itself. */
    Strategy SINGLE = new Strategy() { };

    /** This rank's number, from 0. */
    default int rank() { return 0; }

    /** How many ranks there are. */
    default int world() { return 1; }

    /** Whether this rank writes files and has listeners: one does. */
    default boolean isMain() { return rank() == 0; }

    /** Before the optimizer is made: gives all ranks the same weights, say. The model is on its device. */
    default void prepare(Layer model) { }

    /** Whether {@link #prepare(Layer)} gives values to a model without, on {@link dev.merapi.tensor.Device#META}. */
    default boolean givesValues() { return false; }

    /** The part of the training data that this rank learns from. */
    default <B> BatchSource<B> prepare(BatchSource<B> train) { return train; }

    /**
     * Before the backward that is a step's last, where that is known beforehand: the gradients that it completes may be
     * sent while it runs. {@link #reduce} follows in any case.
     */
    default void beforeLast(List<Param> params) { }

    /** Adds the gradients of a loss to those that the parameters have. */
    default void backward(Tensor loss, List<Param> params) { loss.backward(); }

    /**
     * After a step's last backward: makes each gradient the sum over all ranks. The trainer divides it by the weight of
     * all batches, and then clips and updates. A parameter that took no part on a rank has no gradient there.
     */
    default void reduce(List<Param> params) { }

    /**
     * What the optimizer changes, whose gradients are divided and clipped after {@link #reduce}: the parameters
     * themselves, or what this rank keeps of them.
     */
    default List<Param> parts(List<Param> params) { return params; }

    /** Between {@link #reduce} and the update: gradients that this strategy keeps elsewhere are to be divided so. */
    default void divide(double divisor) { }

    /**
     * Scales gradients down where their norm, over all ranks' parts, is larger.
     *
     * @param parts of this rank, as {@link #parts} gave them
     * @return the norm before, 0-d
     */
    default Tensor clip(List<Param> parts, double max) { return Clip.norm(parts, max, 2); }

    /** Whether the model has all its weights between two steps; without, there can be no average of them. */
    default boolean keepsWeights() { return true; }

    /**
     * What a step's gradients, sums over its batches, are divided by: the weight of the batches of all ranks, or for
     * ranks that learn by themselves, their own.
     */
    default double weight(double own) { return sum(own); }

    /** After an update of the weights. */
    default void updated(Layer model) { }

    /** Before the model is evaluated or saved: makes states that differ from rank to rank the same, say. */
    default void settle(Layer model) { }

    /**
     * Writes tensors, of the model or an optimizer's state, whole, where ranks have parts of them: on all ranks, of
     * which the main one writes.
     */
    default void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        if (isMain()) Safetensors.write(file, tensors, metadata);
    }

    /**
     * Gives the model what {@link #save} wrote, on all ranks.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    default void load(Layer model, Path file) { Safetensors.load(model, file); }

    /** Of an optimizer's state as {@link #save} wrote it, what this rank keeps; they may be views of a file. */
    default Map<String, Tensor> own(Map<String, Tensor> saved) { return saved; }

    /** The sum of a number over all ranks. */
    default double sum(double value) { return value; }

    /** The greatest of a number over all ranks. */
    default double max(double value) { return value; }

    /** Whether it is so on any rank. */
    default boolean any(boolean value) { return max(value ? 1 : 0) > 0; }

    /** The main rank's number, on all. */
    default double broadcast(double value) { return sum(isMain() ? value : 0); }

    /** The texts of all ranks, in their order. */
    default List<String> gather(String text) { return List.of(text); }

    /** This rank cannot go on, and says so to the others if it can; it may be called again. */
    default void fail() { }
}

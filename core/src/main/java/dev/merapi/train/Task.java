package dev.merapi.train;

import dev.merapi.data.Tree;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * What a {@link Trainer} trains: a model, and how a batch becomes a loss. {@link Classification}, {@link Regression}
 * and {@link Supervised} serve models with one input and one target; anything else is a few lines:
 *
 * <pre>{@code
 * record Autoencoder(Net model) implements Task<Tensor> {
 *     public Pass forward(Tensor x) {
 *         return Pass.of(model.decode(model.encode(x)).sub(x).square().mean(), x.numel());
 *     }
 * }
 * }</pre>
 *
 * @param <B> the batches that its loader gives
 */
public interface Task<B> {
    /** All that is trained and saved. */
    Layer model();

    /** Runs the model on a batch. The loss is a mean, so that it does not grow with the batch. */
    Pass forward(B batch);

    /**
     * Learns from a batch. The default adds the gradients of its pass to those of the step; a task of several
     * optimizers, such as a generator and its discriminator, minimizes one loss after the other.
     *
     * @return the pass whose loss is the step's, in logs
     */
    default Pass step(B batch, Stepper stepper) { return stepper.add(() -> forward(batch)); }

    /** Measures a batch, in evaluation mode: what {@link #forward} gives, unless something else is to be measured. */
    default Pass evaluate(B batch) { return forward(batch); }

    /**
     * What {@link Trainer#evaluate} measures beside the loss, from each pass's prediction and target. A trainer asks
     * once, and resets and updates what it was given.
     */
    default List<Metric<?, ?>> metrics() { return List.of(); }

    /** The model's answer to a batch, as a user wants it: probabilities, say, where the loss takes logits. */
    default Tensor predict(B batch) {
        if (forward(batch).prediction() instanceof Tensor prediction) return prediction;
        throw new UnsupportedOperationException(getClass().getSimpleName() + ".predict: this task's passes hold no"
                + " prediction; implement predict.");
    }

    /** The batch on a device. The default moves the tensors that {@link Tree} finds in it. */
    default B to(Device device, B batch) { return Tree.to(batch, device); }
}

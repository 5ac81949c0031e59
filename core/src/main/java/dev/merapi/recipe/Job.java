package dev.merapi.recipe;

import dev.merapi.data.Loader;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;

/**
 * A recipe with its settings filled in.
 *
 * @param <B> the batches of its loaders
 */
public interface Job<B> extends AutoCloseable {
    /**
     * Ready to fit: task, optimizer, schedule, epochs, seed. Whoever runs it adds the run folder and the listeners.
     * Each call returns the same trainer.
     */
    Trainer<B> trainer();

    /** The training set, shuffled and augmented as the recipe has it. The caller closes it. */
    Loader<B> train();

    /** The test set, in order. The caller closes it. */
    Loader<B> test();

    /** Sizes of one input without the batch dimension, such as (3, 32, 32). */
    long[] inputShape();

    /** Names of the classes by index; empty where there are none. */
    default List<String> labels() { return List.of(); }

    /**
     * What the model sees in a file, the most probable first.
     *
     * @throws UnsupportedOperationException if the recipe has no such use
     */
    default List<Prediction> predict(Path file) {
        throw new UnsupportedOperationException("This recipe predicts nothing from a file.");
    }

    /** Frees the model. */
    @Override default void close() { trainer().task().model().close(); }

    /** A class and its probability, 0 to 1. */
    record Prediction(String label, double probability) {}
}

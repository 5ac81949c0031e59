package dev.merapi.recipe;

import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
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

    /** The model's layers, as one usual input runs through them. */
    Summary summary();

    /** Names of the classes by index; empty where there are none. */
    default List<String> labels() { return List.of(); }

    /** Writes what the model needs beside its weights, such as a tokenizer, into the folder of a run. */
    default void save(Path run) { }

    /**
     * The model as it is now. Closing it frees nothing: the model is the job's.
     *
     * @throws UnsupportedOperationException if the recipe has no such use
     */
    default Predictor predictor() {
        throw new UnsupportedOperationException("This recipe's model predicts nothing from what a user types.");
    }

    /** Frees the model. */
    @Override default void close() { trainer().task().model().close(); }
}

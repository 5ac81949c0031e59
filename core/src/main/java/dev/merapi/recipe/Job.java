package dev.merapi.recipe;

import dev.merapi.data.BatchSource;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Summary;
import dev.merapi.tensor.Expect;
import dev.merapi.train.Run;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe with its settings filled in.
 *
 * <pre>{@code
 * try (var job = Recipes.named("fashion").job("epochs=5")) {
 *     IO.println(job.fit(Path.of("runs/fashion")).best("accuracy"));
 * }
 * }</pre>
 *
 * @param <B> its batches
 */
public interface Job<B> extends AutoCloseable {
    /**
     * Ready to fit: task, optimizer, schedule, epochs, seed. Whoever runs it adds the listeners. Each call returns the
     * same trainer.
     */
    Trainer<B> trainer();

    /** The training set, shuffled and augmented as the recipe has it. The caller closes it. */
    BatchSource<B> train();

    /** The test set, in order. The caller closes it. */
    BatchSource<B> test();

    /**
     * What takes too long to be measured after each epoch, by the name: of a translator the BLEU of what it writes for
     * the test set. Empty where the trainer's own metrics are all.
     */
    default Map<String, Double> finalMetrics() { return Map.of(); }

    /** The model's layers, as one usual input runs through them. */
    Summary summary();

    /**
     * The model as a function between tensors, for other programs.
     *
     * @throws IllegalArgumentException if the model is more than that, such as one that goes on with what it has
     *     written
     */
    default Signature signature() {
        var model = trainer().task().model();
        if (model instanceof Signed signed) return signed.signature();
        throw Expect.error("Job.signature", "a model whose inputs are known", model.getClass().getSimpleName(),
                "say them by Signature in a program");
    }

    /** Names of the classes by index; empty where there are none. */
    default List<String> labels() { return List.of(); }

    /** Writes what the model needs beside its weights, such as a tokenizer, into the folder of a run. */
    default void save(Path run) { }

    /**
     * Shows inputs of the test set that were mistaken, the surest mistakes first, in a picture in the folder of a run.
     *
     * @return the picture; empty where inputs are nothing to be looked at
     */
    default Optional<Path> showMistakes(List<Mistake> mistakes, Path run) { return Optional.empty(); }

    /** Trains, and evaluates after each epoch. */
    default Run fit() {
        try (var train = train(); var test = test()) {
            return trainer().fit(train, test);
        }
    }

    /**
     * Trains into a folder, from which {@link Runs#open} opens the trained job and {@link Predictor#open} the model;
     * {@link Runs#resume} goes on after an interruption.
     *
     * @throws IllegalArgumentException if there is a run in the folder already
     */
    default Run fit(Path folder) {
        if (Files.exists(folder.resolve("config.json"))) {
            throw new IllegalArgumentException(folder + ": there is a run already. Choose another folder, or go on with"
                    + " it by Runs.resume.");
        }
        trainer().folder(folder, this::save);
        return fit();
    }

    /** The mean loss and the task's metrics over the test set, and the {@link #finalMetrics}. */
    default Map<String, Double> evaluate() {
        try (var test = test()) {
            var values = new LinkedHashMap<>(trainer().evaluate(test));
            values.putAll(finalMetrics());
            return values;
        }
    }

    /**
     * The model as it is now. Closing it frees nothing: the model is the job's.
     *
     * @throws UnsupportedOperationException if the recipe has none
     */
    default Predictor<?, ?> predictor() {
        throw new UnsupportedOperationException("This recipe has no predictor.");
    }

    /** Frees the model. */
    @Override default void close() { trainer().task().model().close(); }
}

package dev.merapi.compress;

import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A model in a folder, opened to be made smaller: its layers, data to measure and to calibrate with, and a way to save
 * what became of it as a folder of the same kind, which {@link Runs#open} and {@link Predictor#open} open again.
 *
 * <pre>{@code
 * try (var before = Workpiece.open(folder, List.of()); var after = Workpiece.open(folder, List.of())) {
 *     Quantization.dynamic(after.model(), _ -> true);
 *     after.save(smaller);
 *     IO.println(BeforeAfter.measure(before.subject("before", folder), after.subject("after", smaller)));
 * }
 * }</pre>
 */
public interface Workpiece extends AutoCloseable {
    /**
     * Opens the folder of a run or, with inputs to measure with, of another model that {@link Predictor#open} knows.
     *
     * @param inputs texts, or the paths of pictures or recordings, for a folder that is no run's
     * @param settings laid over the run's, such as {@code "learning_rate=1e-4"}
     * @throws IllegalArgumentException if it is no such folder, or one that is no run's comes without inputs
     */
    static Workpiece open(Path folder, List<String> inputs, String... settings) {
        if (Setup.isRun(folder)) return RunPiece.of(folder, Runs.open(folder, settings));
        Expect.that(!inputs.isEmpty(), folder.toString(), "inputs to measure with, for the model knows no data: set"
                + " inputs=<file>, texts by line or paths of pictures or recordings", "none");
        return FolderPiece.of(folder, Predictor.open(folder, Device.CPU), inputs);
    }

    /** Where it was opened. */
    Path folder();

    /** What may be changed. */
    Layer model();

    /** The layers of {@link #model}, as one usual input runs through them. */
    Summary summary();

    /** Answers one usual batch, as it is now; always the same. */
    Runnable answer();

    /** What is measured of the model as it is now, on data that it was not trained on. */
    Map<String, Double> quality();

    /**
     * Runs the model, in the mode it is in, on batches to learn or to calibrate from.
     *
     * @param count how many batches, at most
     * @param each gets what runs the model on the next one: as often as it likes, or never
     * @throws IllegalArgumentException if there is no batch
     */
    void batches(int count, Consumer<Supplier<Pass>> each);

    /** One input as the model sees it, (1, …), for {@link #forward}; empty where it is not one tensor. */
    Optional<Tensor> example();

    /** The model's output before a softmax, for inputs (N, …) such as {@link #example}; in evaluation mode. */
    Tensor forward(Tensor x);

    /**
     * Trains the model as it is now, and saves it into a folder.
     *
     * @param epochs passes over the data that the run was trained on
     * @param tuning what else stands between gradients and weights, such as masks; and listens
     * @throws IllegalArgumentException if there is no data to train on, or a model in the folder already
     */
    void train(Path into, int epochs, Tuning tuning);

    /**
     * Saves the model as it is now: all that lies beside the weights in {@link #folder} is copied.
     *
     * @throws IllegalArgumentException if the folder holds a model already
     */
    default void save(Path into) { FolderCopy.save(this, into); }

    /** Writes the model's weights as they are now in the place of those in a folder that {@link #train} has made. */
    default void saveWeights(Path folder) {
        Safetensors.save(model(), folder.resolve("model.safetensors"), Weights.open(folder).metadata());
    }

    /** For a table of what changed; measures the {@link #quality}. */
    default Subject subject(String name, Path weights) {
        return Subject.of(name, weights, model(), summary(), answer(), quality());
    }

    /** Refuses a folder that holds something. */
    static void expectFree(Path into) {
        Expect.that(!Files.exists(into.resolve("config.json")), into.toString(), "a new folder, for it is never"
                + " overwritten", "one with a model in it");
    }

    /** Frees the model. */
    @Override void close();
}

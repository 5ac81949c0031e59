package dev.merapi.recipe;

import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** A trained model, ready for what a user types. One that goes on with a text is a {@link Writer} too. */
public interface Predictor extends AutoCloseable {
    /**
     * What the model makes of an input, in words.
     *
     * @param input a path or a text, as the model takes it
     * @param top how many answers to give, the most probable first, where there are several
     * @throws IllegalArgumentException if it is no such input
     */
    String predict(String input, int top);

    /**
     * What {@link #predict} says in words as values, for programs and JSON: text, numbers, {@link Prediction}s, other
     * records, or lists of them.
     */
    default Object answer(String input, int top) { return predict(input, top); }

    /** Frees the model, if it is this predictor's own: {@link #open} gives such. */
    @Override default void close() { }

    /** {@link #open(Path, Device)} on the CPU. */
    static Predictor open(Path folder) { return open(folder, Device.CPU); }

    /**
     * The model in the folder of a run, or in one that a module reads, such as Hugging Face's. Closing it frees all
     * that was opened.
     *
     * @throws IllegalArgumentException if no module reads models of this kind
     * @throws UnsupportedOperationException if a run's model predicts nothing from what a user types
     */
    static Predictor open(Path folder, Device device) {
        if (Setup.isRun(folder)) return Runs.predictor(folder, device);
        return ServiceLoader.load(Format.class).stream().map(ServiceLoader.Provider::get)
                .filter(format -> format.reads(folder)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(folder + ": expected the folder of a run, whose"
                        + " config.json has a line \"recipe\", or a model that a module of Merapi reads."
                        + " Received model_type " + ModelFolder.config(folder).get("model_type") + "."))
                .open(folder, device);
    }

    /**
     * A kind of model folder. Field modules provide theirs in
     * {@code META-INF/services/dev.merapi.recipe.Predictor$Format}.
     */
    interface Format {
        /** Whether a folder with a {@code config.json} is of this kind. */
        boolean reads(Path folder);

        /** The model in the folder; closing it frees it. */
        Predictor open(Path folder, Device device);
    }
}

package dev.merapi.recipe;

import dev.merapi.io.ModelFolder;
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

    /** Frees the model. */
    @Override default void close() { }

    /**
     * The model in a Hugging Face folder.
     *
     * @throws IllegalArgumentException if no module reads models of this kind
     */
    static Predictor open(Path folder) {
        return ServiceLoader.load(Format.class).stream().map(ServiceLoader.Provider::get)
                .filter(format -> format.reads(folder)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(folder + ": expected the folder of a run, whose"
                        + " config.json has a line \"recipe\", or a model that a module of Merapi reads."
                        + " Received model_type " + ModelFolder.config(folder).get("model_type") + "."))
                .open(folder);
    }

    /**
     * A kind of model folder. Field modules provide theirs in
     * {@code META-INF/services/dev.merapi.recipe.Predictor$Format}.
     */
    interface Format {
        /** Whether a folder with a {@code config.json} is of this kind. */
        boolean reads(Path folder);

        Predictor open(Path folder);
    }
}

package dev.merapi.recipe;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Starts the ranks of a training somewhere else than as processes of this machine, such as on a Spark cluster. The
 * module that can provides one in {@code META-INF/services/dev.merapi.recipe.Launcher}; the command line finds it.
 */
public interface Launcher {
    /** The option that names the place, without its dashes: {@code spark}. */
    String name();

    /**
     * Trains, or goes on with the run in the folder where there is one, and waits.
     *
     * @param out takes lines for the user
     * @return the last epoch's values, with what the job measures in the end
     * @throws IllegalArgumentException if the place is none, or has too little room
     * @throws IllegalStateException if the training failed
     */
    Map<String, Double> train(Training training, Consumer<String> out);

    /**
     * What to train.
     *
     * @param place such as {@code spark://host:7077}
     * @param config of {@link Setup#toMap}
     * @param folder of the run, which all ranks see
     * @param ranks from 1
     * @param device as for {@link dev.merapi.tensor.Device#parse}
     */
    record Training(String place, Map<String, Object> config, Path folder, int ranks, String device) {}
}

package dev.merapi.cli;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model to ask: that of a run, or one in a folder of Hugging Face's layout. */
record Trained(Path folder, Predictor model, Job<?> job) implements AutoCloseable {
    /**
     * @throws IllegalArgumentException if there is neither in the folder
     */
    static Trained open(Path folder) {
        Path config = folder.resolve("config.json");
        if (Files.exists(config) && !Configs.read(config).has("recipe")) {
            return new Trained(folder, Predictor.open(folder), null);
        }
        var job = Setup.ofRun(folder).trained(folder);
        return new Trained(folder, job.predictor(), job);
    }

    /**
     * @throws IllegalArgumentException if the model does not write
     */
    Writer<?> writer() {
        if (model instanceof Writer<?> writer) return writer;
        throw new IllegalArgumentException(folder + ": expected a model that writes text. Received one that does not;"
                + " ask it by merapi predict.");
    }

    @Override public void close() {
        model.close();
        if (job != null) job.close();
    }
}

package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.text.data.TextPair;
import java.nio.file.Path;

/** Trains a Transformer to translate. */
public final class TranslationRecipe implements Recipe<TranslationRecipe.Config> {
    /**
     * @param data folder with {@code train.<from>}, {@code train.<to>} and the same for the test part, raw or gzipped:
     *     a sentence on each line
     * @param from ending of the files to translate from, such as {@code de}
     * @param to ending of the files to translate to
     * @param test name of the part to measure with
     * @param model sizes and training
     */
    public record Config(String data, String from, String to, String test, PairsConfig model) {}

    @Override public String name() { return "translation"; }

    @Override public String description() {
        return "A Transformer on pairs of sentences: data=<folder with train.de, train.en, val.de, val.en>";
    }

    @Override public Config defaults() { return new Config("", "de", "en", "val", PairsConfig.DEFAULT); }

    @Override public Job<?> job(Config config) { return PairsJob.of(config.model, data(config)); }

    @Override public Job<?> job(Config config, Path run) { return PairsJob.of(config.model, () -> data(config), run); }

    private static PairsJob.Data data(Config config) {
        Path folder = Settings.existing("data", config.data, "a folder with train." + config.from + ", train."
                + config.to + ", " + config.test + "." + config.from + " and " + config.test + "." + config.to);
        return new PairsJob.Data(TextPair.read(folder, "train", config.from, config.to),
                TextPair.read(folder, config.test, config.from, config.to));
    }
}

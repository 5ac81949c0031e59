package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.text.data.Columns;
import dev.merapi.text.data.TextPair;
import java.nio.file.Path;

/** Trains a Transformer to make short texts of long ones. */
public final class SummarisationRecipe implements Recipe<SummarisationRecipe.Config> {
    /**
     * @param train table (.csv, .tsv, .jsonl) to learn from
     * @param test table to measure with
     * @param text name of the column with the texts
     * @param summary name of the column with what is to be made of them
     * @param model sizes and training
     */
    public record Config(String train, String test, String text, String summary, PairsConfig model) {}

    @Override public String name() { return "summarisation"; }

    @Override public String description() {
        return "A Transformer on texts and their summaries: train=<table> test=<table> with columns text, summary";
    }

    @Override public Config defaults() { return new Config("", "", "text", "summary", PairsConfig.DEFAULT); }

    @Override public Job<?> job(Config config) { return PairsJob.of(config.model, data(config)); }

    @Override public Job<?> job(Config config, Path run) { return PairsJob.of(config.model, () -> data(config), run); }

    private static PairsJob.Data data(Config config) {
        return new PairsJob.Data(pairs("train", config.train, config), pairs("test", config.test, config));
    }

    private static Dataset<TextPair> pairs(String setting, String file, Config config) {
        Path table = Settings.existing(setting, file, "a table (.csv, .tsv, .jsonl)");
        return Dataset.of(Columns.read(table, config.text, config.summary).stream()
                .map(row -> new TextPair(row.getFirst(), row.getLast())).toList());
    }
}

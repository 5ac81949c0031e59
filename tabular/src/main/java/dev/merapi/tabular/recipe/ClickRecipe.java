package dev.merapi.tabular.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;
import java.util.List;

/** Clicks and other answers of yes or no, in tables of many rows and categories. */
public final class ClickRecipe implements Recipe<TableConfig> {
    @Override public String name() { return "click"; }

    @Override public String description() {
        return "Clicks: data=<file or query> target=<column>, by DeepFM and relatives, also larger than memory";
    }

    @Override public TableConfig defaults() {
        return new TableConfig("", "click", TableModel.DEEPFM, "", 0.1, TableConfig.Chosen.RANDOM, "",
                TableConfig.Task.CLASSES, List.of(), 5, List.of(), 10_000, 200_000, TableConfig.Balance.NONE, "", 1,
                1024, 1e-3, 1e-4, 16, List.of(128, 64), 0.1, 0.1, 1, 200, 6, 1337);
    }

    @Override public Job<?> job(TableConfig config) { return TableJob.of(config); }

    @Override public Job<?> job(TableConfig config, Path run) { return TableJob.resumed(config, run); }
}

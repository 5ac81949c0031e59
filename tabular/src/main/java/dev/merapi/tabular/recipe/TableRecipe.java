package dev.merapi.tabular.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** A user's own table: one column is predicted from the others. */
public final class TableRecipe implements Recipe<TableConfig> {
    @Override public String name() { return "table"; }

    @Override public String description() {
        return "Your own table: data=<file or query> target=<column>, by nets, linear models, trees or boosting";
    }

    @Override public TableConfig defaults() { return TableConfig.DEFAULT; }

    @Override public Job<?> job(TableConfig config) { return TableJob.of(config); }

    @Override public Job<?> job(TableConfig config, Path run) { return TableJob.resumed(config, run); }
}

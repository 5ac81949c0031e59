package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Trains a Transformer to make short texts of long ones. */
public final class SummarisationRecipe implements Recipe<PairsConfig> {
    private static final WrittenScores SCORES = WrittenScores.OF_SUMMARIES;

    @Override public String name() { return "summarisation"; }

    @Override public String description() {
        return "A Transformer on texts and their summaries: data=<table with columns text, summary, or folder>";
    }

    @Override public PairsConfig defaults() { return PairsConfig.small("text", "summary"); }

    @Override public Job<?> job(PairsConfig config) { return PairsJob.of(config, SCORES); }

    @Override public Job<?> job(PairsConfig config, Path run) { return PairsJob.of(config, SCORES, run); }
}

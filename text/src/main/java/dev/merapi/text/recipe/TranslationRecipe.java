package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Trains a Transformer to translate. */
public final class TranslationRecipe implements Recipe<PairsConfig> {
    private static final WrittenScores SCORES = WrittenScores.OF_TRANSLATIONS;

    @Override public String name() { return "translation"; }

    @Override public String description() {
        return "A Transformer on pairs of sentences: data=<folder with train.de, train.en, val.de, val.en>";
    }

    @Override public PairsConfig defaults() { return PairsConfig.small("de", "en"); }

    @Override public Job<?> job(PairsConfig config) { return PairsJob.of(config, SCORES); }

    @Override public Job<?> job(PairsConfig config, Path run) { return PairsJob.of(config, SCORES, run); }
}

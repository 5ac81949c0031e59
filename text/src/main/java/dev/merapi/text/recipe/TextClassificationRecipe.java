package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** A user's own texts and classes, learnt from nothing. */
public final class TextClassificationRecipe implements Recipe<TextConfig> {
    @Override public String name() { return "text-classification"; }

    @Override public String description() {
        return "Your own texts: data=<table or folder>, learnt from nothing by a small network";
    }

    @Override public TextConfig defaults() {
        return new TextConfig("", "", "text", "label", TextConfig.Network.TRANSFORMER, 20_000, 200,
                TextConfig.Keep.FIRST, 5, 32, 1e-3, 1337);
    }

    @Override public Job<?> job(TextConfig config) { return TextJob.of(config, texts(config)); }

    @Override public Job<?> job(TextConfig config, Path run) { return TextJob.resumed(config, texts(config), run); }

    private static TextSource texts(TextConfig config) {
        return new TextSource.Own(config.data(), config.test(), config.textColumn(), config.labelColumn(),
                config.seed());
    }
}

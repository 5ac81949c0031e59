package dev.merapi.text.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.text.data.Imdb;
import dev.merapi.text.data.TextData;
import java.nio.file.Path;

/** Film reviews, good or bad. */
public final class ImdbRecipe implements Recipe<TextConfig> {
    @Override public String name() { return "imdb"; }

    @Override public String description() {
        return "IMDB's 50,000 film reviews, Keras's small Transformer (84 MB, downloaded once, or data=<path>)";
    }

    /** As in Keras's example: of a long review, the end stays. */
    @Override public TextConfig defaults() {
        return new TextConfig("", "", "text", "label", TextConfig.Network.TRANSFORMER, 20_000, 200,
                TextConfig.Keep.LAST, 2, 32, 1e-3, 1337);
    }

    @Override public Job<?> job(TextConfig config) { return TextJob.of(config, texts(config)); }

    @Override public Job<?> job(TextConfig config, Path run) { return TextJob.resumed(config, texts(config), run); }

    private static TextSource texts(TextConfig config) {
        return TextSource.of(() -> data(config), config.test(), config.textColumn(), config.labelColumn());
    }

    private static TextData data(TextConfig config) {
        if (config.data().isEmpty()) return Imdb.full();
        return Imdb.full(Settings.existing("data", config.data(), "aclImdb, its archive, or reviews.json"));
    }
}

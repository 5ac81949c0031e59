package dev.merapi.cli;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Settings;
import dev.merapi.recipe.Writer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How a model writes for one call of a command.
 *
 * @param settings the model's own, with those of the user over them
 */
record Writing<G extends Record>(Writer<G> writer, G settings) {
    /**
     * @param folder where the model was opened
     * @throws IllegalArgumentException if the model does not write
     */
    static Writer<?> expect(Predictor<?, ?> model, Path folder) {
        if (model instanceof Writer<?> writer) return writer;
        throw new IllegalArgumentException(folder + ": expected a model that writes text. Received one that does not;"
                + " ask it by merapi predict.");
    }

    /**
     * @param overrides {@code key=value}
     * @throws IllegalArgumentException for anything that is no setting, saying what instead
     */
    static <G extends Record> Writing<G> of(Writer<G> writer, List<String> overrides) {
        var given = Settings.override(Map.of(), overrides.toArray(String[]::new));
        return new Writing<>(writer, Settings.bind(writer.settings(), given, "settings"));
    }

    /**
     * @throws IllegalArgumentException for a setting where the prompt should be
     */
    void goOn(String prompt, Consumer<String> out) {
        String key = prompt.split("=", 2)[0];
        if (key.length() < prompt.length() && Settings.map(settings).containsKey(key)) {
            throw new IllegalArgumentException("<prompt>: expected a text before the settings. Received " + prompt);
        }
        writer.write(prompt, settings, out);
    }

    void reply(List<String> messages, Consumer<String> out) { writer.reply(messages, settings, out); }

    /** Shows each piece at once. */
    static Consumer<String> to(PrintWriter out) {
        return piece -> {
            out.print(piece);
            out.flush();
        };
    }
}

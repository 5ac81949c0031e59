package dev.merapi.cli;

import dev.merapi.recipe.Writer;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a model writes for one call of a command.
 *
 * @param settings the model's own, with those of the user over them
 */
record Writing<G extends Record>(Writer<G> writer, G settings) {
    /**
     * @param overrides {@code key=value}
     * @throws IllegalArgumentException for anything that is no setting, saying what instead
     */
    static <G extends Record> Writing<G> of(Writer<G> writer, List<String> overrides) {
        var given = Configs.empty();
        Configs.override(given, overrides);
        return new Writing<>(writer, Configs.bind(given, writer.settings(), "settings"));
    }

    /**
     * @throws IllegalArgumentException for a setting where the prompt should be
     */
    void goOn(String prompt, Consumer<String> out) {
        String key = prompt.split("=", 2)[0];
        if (key.length() < prompt.length() && Configs.map(settings).containsKey(key)) {
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

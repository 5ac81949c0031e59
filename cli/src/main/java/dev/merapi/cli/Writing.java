package dev.merapi.cli;

import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Settings;
import dev.merapi.recipe.Writer;
import dev.merapi.tensor.Device;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A model that writes, opened for one call of a command.
 *
 * @param settings the model's own, with those of the user over them
 * @param opened what is to be closed, from the last to the first
 */
record Writing<G extends Record>(Writer<G> writer, G settings, List<Predictor<?, ?>> opened) implements AutoCloseable {
    /**
     * Opens a model.
     *
     * @param overrides {@code key=value}, of {@link Opening} and of the model
     * @throws IllegalArgumentException if the model does not write, and for anything that is no setting, saying what
     *     instead
     */
    static Writing<?> open(Path folder, List<String> overrides, Device device) {
        var given = new LinkedHashMap<>(Settings.override(Map.of(), overrides.toArray(String[]::new)));
        var opening = new LinkedHashMap<String, Object>();
        for (String key : openings()) if (given.containsKey(key)) opening.put(key, given.remove(key));
        var opened = new ArrayList<Predictor<?, ?>>();
        try {
            Settings.bind(Opening.DEFAULT, opening, "settings").open(folder, device, opened);
            if (opened.getLast() instanceof Writer<?> writer) return of(writer, given, opened);
            throw new IllegalArgumentException(folder + ": expected a model that writes text. Received one that does"
                    + " not; ask it by merapi predict.");
        } catch (RuntimeException e) {
            close(opened);
            throw e;
        }
    }

    private static <G extends Record> Writing<G> of(Writer<G> writer, Map<String, Object> given,
            List<Predictor<?, ?>> opened) {
        return new Writing<>(writer, Settings.bind(writer.settings(), given, "settings", openings()), opened);
    }

    private static void close(List<Predictor<?, ?>> opened) { opened.reversed().forEach(Predictor::close); }

    private static String[] openings() { return Settings.map(Opening.DEFAULT).keySet().toArray(String[]::new); }

    /**
     * @throws IllegalArgumentException for a setting where the prompt should be
     */
    void goOn(String prompt, Consumer<String> out) {
        String key = prompt.split("=", 2)[0];
        boolean known = Settings.map(settings).containsKey(key) || List.of(openings()).contains(key);
        if (key.length() < prompt.length() && known) {
            throw new IllegalArgumentException("<prompt>: expected a text before the settings. Received " + prompt);
        }
        writer.write(prompt, settings, out);
    }

    /** Asked about the lines of a file. */
    Asked<String, String> lines() { return new Asked<>(new Bound<>(writer, settings), 1, false, false); }

    void reply(List<String> messages, Consumer<String> out) { writer.reply(messages, settings, out); }

    /** Shows each piece at once. */
    static Consumer<String> to(PrintWriter out) {
        return piece -> {
            out.print(piece);
            out.flush();
        };
    }

    @Override public void close() { close(opened); }

    /** A writer with settings of another's. */
    private record Bound<G extends Record>(Writer<G> writer, G settings) implements Writer<G> {
        @Override public void write(String prompt, G own, Consumer<String> out) { writer.write(prompt, own, out); }

        @Override public List<String> writeAll(List<String> prompts, G own) { return writer.writeAll(prompts, own); }
    }
}

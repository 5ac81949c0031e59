package dev.merapi.compress.command;

import dev.merapi.compress.BeforeAfter;
import dev.merapi.compress.Workpiece;
import dev.merapi.io.FileErrors;
import dev.merapi.io.ModelFolder;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What commands that make a model smaller have in common: the folder that they take, the one that they make, and the
 * table that they end with.
 */
final class Compressing {
    private static final double TAMER = 1 / 3.0; // a trained model is trained on by a third of the rate

    private final Path from;
    private final Path into;
    private final List<String> inputs;

    /**
     * @param inputs a file of them, or empty
     * @param out the new folder, or empty for one beside the old
     * @param suffix of its name then
     */
    Compressing(String command, List<String> arguments, String inputs, String out, String suffix) {
        Expect.that(arguments.size() == 1, command, "one folder, of a run or a model", arguments);
        from = Path.of(arguments.getFirst());
        into = out.isEmpty() ? from.resolveSibling(from.getFileName() + "-" + suffix) : Path.of(out);
        Workpiece.expectFree(into);
        this.inputs = inputs.isEmpty() ? List.of() : lines(Path.of(inputs));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    Path from() { return from; }

    Path into() { return into; }

    Workpiece open(String... settings) { return Workpiece.open(from, inputs, settings); }

    /**
     * The settings to train on with, which the new run bears; none for a model that is no run's.
     *
     * @param epochs 0 to leave the run's
     * @param learningRate 0 for a third of the run's
     */
    String[] training(int epochs, double learningRate) {
        if (!Setup.isRun(from) || epochs == 0) return new String[0];
        var settings = new ArrayList<>(List.of("epochs=" + epochs));
        if (learningRate > 0) settings.add("learning_rate=" + learningRate);
        else if (ModelFolder.config(from).get("learning_rate") instanceof Number usual) {
            settings.add("learning_rate=" + TAMER * usual.doubleValue());
        }
        return settings.toArray(String[]::new);
    }

    /** Measures, keeps the table in the card, and tells it. */
    void answer(Workpiece before, Workpiece after, String title, String said, Enum<?> method, Command.Answers out) {
        var table = BeforeAfter.measure(before.subject("before", from),
                after.subject(title.toLowerCase(Locale.ROOT), into));
        table.keep(into, title + ": " + method.name().toLowerCase(Locale.ROOT));
        String slower = table.timesFaster() < 1 ? String.format(Locale.ROOT, "\nWarning: it is slower here, by %.2f"
                + " times; keep it only for its size, or leave it.", 1 / table.timesFaster()) : "";
        out.answer(from.toString(), new Command.Answer((said.isEmpty() ? "" : said + "\n") + table + slower
                + "\nModel: " + into, table.values()));
    }
}

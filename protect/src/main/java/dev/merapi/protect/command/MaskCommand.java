package dev.merapi.protect.command;

import dev.merapi.protect.masking.Anonymity;
import dev.merapi.protect.masking.FileMasker;
import dev.merapi.protect.masking.MaskKey;
import dev.merapi.protect.masking.MaskRules;
import dev.merapi.protect.masking.Masker;
import dev.merapi.protect.masking.ModelRecogniser;
import dev.merapi.protect.masking.Mondrian;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Predictor;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Table;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.text.pipeline.Entities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code merapi mask}: finds and masks personal data in tables and texts. */
public final class MaskCommand implements Command<MaskCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("a YAML file of what is masked and how; empty for all, by type") String rules,
            @Describe("a file with a secret, for hash, encrypt and shifted dates; empty for a new one") String key,
            @Describe("the folder for what is masked") String out,
            @Describe("of the texts; empty for UTF-8, or UTF-16 by its mark") String encoding,
            @Describe("a run of token-classification that finds names too; empty for none") String model,
            @Describe("decrypt the columns that the rules encrypt") boolean undo,
            @Describe("what comes by - is a table") boolean table,
            @Describe("columns by which persons might be known again, to measure a table's anonymity")
            List<String> quasi,
            @Describe("the column that nobody shall learn of a person") String sensitive,
            @Describe("generalise until so many rows are alike; 0 to measure alone") int k,
            @Describe("and have so many different sensitive values") int l,
            @Describe("and these are no further from the whole table's") double t) {
        public Config {
            quasi = List.copyOf(quasi);
            Expect.atLeast("k", 0, k);
            Expect.that(k == 0 || !quasi.isEmpty(), "quasi", "the columns to generalise", quasi);
        }
    }

    @Override public String name() { return "mask"; }

    @Override public String description() { return "Find and mask personal data in tables and texts."; }

    @Override public String arguments() { return "<file|folder|->..."; }

    @Override public Config defaults() {
        return new Config("", "", "masked", "", "", false, false, List.of(), "", 0, 1, 1);
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(!arguments.isEmpty(), "mask", "at least one file or folder, or - for the standard"
                + " input", arguments);
        var rules = settings.rules.isEmpty() ? MaskRules.DEFAULT : MaskRules.read(Path.of(settings.rules));
        var key = settings.key.isEmpty() ? MaskKey.random() : MaskKey.read(Path.of(settings.key));
        Expect.that(!settings.undo || key.isLasting(), "undo", "the key that it was encrypted with,"
                + " key=<file>", "none");
        if (settings.model.isEmpty()) {
            run(arguments, settings, Masker.of(rules, key), out);
            return;
        }
        try (var model = Predictor.open(Path.of(settings.model), device)) {
            var names = new ModelRecogniser(model.as(String.class, Entities.class), ModelRecogniser.PERSONS);
            run(arguments, settings, Masker.of(rules, key, names), out);
        }
    }

    private static void run(List<String> arguments, Config settings, Masker masker, Answers out) {
        var files = new FileMasker(masker, settings.encoding, settings.undo);
        for (String argument : arguments) {
            if (argument.equals("-")) {
                System.err.println(files.mask(System.in, System.out, settings.table)); // the output is the masked text
                continue;
            }
            var path = Path.of(argument);
            for (Path file : below(path)) {
                var target = Path.of(settings.out).resolve(
                        file.equals(path) ? file.getFileName() : path.relativize(file));
                out.answer(file.toString(), () -> mask(files, file, target, settings));
            }
        }
    }

    private static List<Path> below(Path path) {
        if (!Files.isDirectory(path)) return List.of(path);
        try (var all = Files.walk(path)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer mask(FileMasker files, Path file, Path target, Config settings) {
        Expect.that(Files.isRegularFile(file), file.toString(), "a file or a folder", "the name of neither");
        Expect.that(!file.toString().matches("(?i).*\\.(parquet|xlsx?|gz|zip|pdf|docx?|png|jpe?g)"), file.toString(),
                "a text or a CSV file", "another format; turn it into text or CSV first");
        var report = files.mask(file, target);
        String words = report + "\n" + (settings.undo ? "Decrypted: " : "Masked: ") + target;
        var values = new LinkedHashMap<String, Object>(report.values());
        values.put("file", target.toString());
        if (!settings.quasi.isEmpty()) words += "\n" + anonymity(file, target, settings, values);
        return new Answer(words, values);
    }

    /** Measures a table that was masked, and generalises it where that is asked for. */
    private static String anonymity(Path file, Path target, Config settings, Map<String, Object> values) {
        Expect.that(FileMasker.isTable(file), file.toString(), "a table, whose anonymity is measured", "a text");
        Frame table = Table.read(target).frame();
        var before = Anonymity.of(table, settings.quasi, settings.sensitive);
        values.put("anonymity", before);
        if (settings.k == 0) return "Anonymity: " + before;
        var safe = new Mondrian(settings.quasi, settings.sensitive, settings.k, settings.l, settings.t)
                .generalise(table);
        safe.write(target);
        var after = Anonymity.of(safe, settings.quasi, settings.sensitive);
        values.put("generalised", after);
        return "Anonymity: " + before + "; generalised: " + after;
    }
}

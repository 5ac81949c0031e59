package dev.merapi.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi train}. */
@Command(name = "train", description = {"Train a recipe, or the settings in a YAML file.",
    "Example: merapi train fashion epochs=5"})
final class TrainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<recipe|file|run>",
            description = "A recipe (merapi list), a YAML file with a recipe: line, or a run to repeat.")
    private String target;

    @Parameters(index = "1..*", paramLabel = "key=value", description = "Settings over the recipe's.")
    private List<String> settings = List.of();

    @Option(names = "--out", paramLabel = "<folder>",
            description = "Where the run goes; runs/<recipe>-<time> if not given.")
    private Path out;

    @Mixin private Fit fit;

    @Override public Integer call() {
        var setup = Targets.setup(target, settings);
        Path run = out != null ? out : Path.of("runs", setup.recipe().name() + "-" + now());
        if (Files.exists(run.resolve("config.json"))) {
            throw new IllegalArgumentException(run + ": there is a run already. Go on with it by merapi resume " + run
                    + ", or choose another folder by --out.");
        }
        if (Files.exists(run) && !Files.isDirectory(run)) {
            throw new IllegalArgumentException("--out: expected a folder. Received the file " + run + ".");
        }
        return fit.train(setup, run, arguments(run));
    }

    private List<String> arguments(Path run) {
        var arguments = new ArrayList<>(List.of("train", target));
        arguments.addAll(settings);
        arguments.addAll(List.of("--out", run.toString()));
        return arguments;
    }

    private static String now() { return LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")); }
}

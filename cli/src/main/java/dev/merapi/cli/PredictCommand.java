package dev.merapi.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi predict}. */
@Command(name = "predict", description = "Let a run's model say what is in files.")
final class PredictCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of the run.")
    private Path run;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "<file>", description = "Images, for vision's recipes.")
    private List<Path> files;

    @Option(names = "--top", defaultValue = "3", paramLabel = "<n>",
            description = "How many classes to show (default: ${DEFAULT-VALUE}).")
    private int top;

    @Spec private CommandSpec spec;

    @Override public void run() {
        try (var job = Setup.ofRun(run).trained(run)) {
            for (Path file : files) {
                spec.commandLine().getOut().println(file + ": " + job.predict(file).stream().limit(top)
                        .map(p -> "%s %.1f %%".formatted(p.label(), 100 * p.probability()))
                        .collect(Collectors.joining(", ")));
            }
        }
    }
}

package dev.merapi.cli;

import dev.merapi.recipe.Job;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi predict}. */
@Command(name = "predict", description = "Let a run's model say what is in files.")
final class PredictCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of the run.")
    private Path run;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "<file>", description = "Images, for vision's recipes.")
    private List<Path> files;

    @Option(names = "--top", defaultValue = "3", paramLabel = "<n>",
            description = "How many classes to show (default: ${DEFAULT-VALUE}).")
    private int top;

    @Spec private CommandSpec spec;

    /** Goes on after a file that cannot be read, as other commands that take many files do. */
    @Override public Integer call() {
        if (top < 1) throw new IllegalArgumentException("--top: expected at least 1. Received " + top);
        int code = ExitCode.OK;
        try (var job = Setup.ofRun(run).trained(run)) {
            for (Path file : files) {
                try {
                    spec.commandLine().getOut().println(file + ": " + line(job.predict(file)));
                } catch (IllegalArgumentException | UncheckedIOException e) {
                    code = Main.report(e, spec.commandLine());
                }
            }
        }
        return code;
    }

    private String line(List<Job.Prediction> predictions) {
        return predictions.stream().limit(top).map(p -> "%s %.1f %%".formatted(p.label(), 100 * p.probability()))
                .collect(Collectors.joining(", "));
    }
}

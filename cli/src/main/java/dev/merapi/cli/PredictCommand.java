package dev.merapi.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi predict}. */
@Command(name = "predict", description = "Ask a model about images or texts.")
final class PredictCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of a run, or of a model.")
    private Path run;

    @Parameters(index = "1..*", paramLabel = "<input>",
            description = "Image files, or texts; lines of the standard input if none is given.")
    private List<String> inputs;

    @Option(names = "--top", defaultValue = "3", paramLabel = "<n>",
            description = "How many answers to show (default: ${DEFAULT-VALUE}).")
    private int top;

    @Spec private CommandSpec spec;

    /** Goes on after an input that is wrong, as other commands that take many files do. */
    @Override public Integer call() throws IOException {
        if (top < 1) throw new IllegalArgumentException("--top: expected at least 1. Received " + top);
        try (var trained = Trained.open(run)) {
            if (inputs != null) return answer(trained, inputs);
            int code = ExitCode.OK;
            var lines = new TypedLines();
            for (String line = lines.next(); line != null; line = lines.next()) {
                code = Math.max(code, answer(trained, List.of(line)));
            }
            return code;
        }
    }

    private int answer(Trained trained, List<String> inputs) {
        int code = ExitCode.OK;
        for (String input : inputs) {
            try {
                if (input.isBlank()) {
                    throw new IllegalArgumentException("<input>: expected an image file or a text. Received nothing.");
                }
                spec.commandLine().getOut().println(input + ": " + trained.model().predict(input, top));
            } catch (IllegalArgumentException | UncheckedIOException e) {
                code = Main.report(e, spec.commandLine());
            }
        }
        spec.commandLine().getOut().flush();
        return code;
    }
}

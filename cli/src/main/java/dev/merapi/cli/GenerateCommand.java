package dev.merapi.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi generate}. */
@Command(name = "generate", description = {"Let a language model go on with a text.",
    "Example: merapi generate runs/austen \"It was\" temperature=0.8 max_tokens=200",
    "With --lines, it goes on with each line of the standard input by a line: merapi generate model --lines"
            + " max_tokens=50 < prompts.txt > texts.txt"})
final class GenerateCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of a run, or of a model.")
    private Path run;

    @Parameters(index = "1..*", paramLabel = "<prompt>", description = "The text to go on with, unless lines are read;"
            + " then key=value: how to choose the words, and how to open the model.")
    private List<String> words = List.of();

    @Option(names = "--lines", description = "Go on with the lines of the standard input.")
    private boolean lines;

    @Mixin private DeviceOption device;

    @Spec private CommandSpec spec;

    @Override public Integer call() throws IOException {
        if (!lines && words.isEmpty()) {
            throw new IllegalArgumentException("<prompt>: expected a text to go on with, or --lines. Received none.");
        }
        var settings = lines ? words : words.subList(1, words.size());
        try (var writing = Writing.open(run, settings, device.get())) {
            if (lines) return new LineAnswers(spec.commandLine(), false).all(writing.lines());
            var out = spec.commandLine().getOut();
            writing.goOn(words.getFirst(), Writing.to(out));
            out.println();
            return ExitCode.OK;
        }
    }
}

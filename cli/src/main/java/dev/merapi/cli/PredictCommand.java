package dev.merapi.cli;

import dev.merapi.recipe.Predictor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi predict}. */
@Command(name = "predict", description = {"Ask a model about images or texts.",
    "Lines of the standard input are answered by a line each, so that merapi predict <run> < in.txt > out.txt stays"
            + " aligned."})
final class PredictCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of a run, or of a model.")
    private Path run;

    @Parameters(index = "1..*", paramLabel = "<input>",
            description = "Image files, or texts; lines of the standard input if none is given.")
    private List<String> inputs;

    @Option(names = "--top", defaultValue = "3", paramLabel = "<n>",
            description = "How many answers to show (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--json", description = "Write an object for each input: input, and answer or error.")
    private boolean json;

    @Mixin private DeviceOption device;

    @Spec private CommandSpec spec;

    private int code = ExitCode.OK;

    /** Goes on after an input that is wrong, as other commands that take many files do. */
    @Override public Integer call() throws IOException {
        if (top < 1) throw new IllegalArgumentException("--top: expected at least 1. Received " + top);
        try (var model = Predictor.open(run, device.get())) {
            if (inputs == null) {
                answerLines(model);
            } else {
                for (String input : inputs) answer(model, input);
            }
        }
        return code;
    }

    private void answer(Predictor model, String input) {
        try {
            if (input.isBlank()) {
                throw new IllegalArgumentException("<input>: expected an image file or a text. Received nothing.");
            }
            print(json ? object(input, "answer", model.answer(input, top)) : input + ": " + model.predict(input, top));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            code = Main.report(e, spec.commandLine());
            if (json) print(object(input, "error", e.getMessage()));
        }
    }

    /** A line for each line: nothing where nothing was asked, or where there is no answer. */
    private void answerLines(Predictor model) throws IOException {
        var lines = new TypedLines();
        for (String line = lines.next(); line != null; line = lines.next()) {
            try {
                if (json) {
                    print(object(line, "answer", line.isBlank() ? null : model.answer(line, top)));
                } else {
                    print(line.isBlank() ? "" : model.predict(line, top).replaceAll("\\R", " "));
                }
            } catch (IllegalArgumentException | UncheckedIOException e) {
                code = Main.report("line " + lines.number(), e, spec.commandLine());
                print(json ? object(line, "error", e.getMessage()) : "");
            }
        }
    }

    private static String object(String input, String key, Object value) {
        var object = new LinkedHashMap<String, Object>(); // in this order
        object.put("input", input);
        object.put(key, value);
        return Json.line(object);
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}

package dev.merapi.cli;

import dev.merapi.io.Hub;
import dev.merapi.recipe.Predictor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Gatherers;
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
    @Parameters(index = "0", paramLabel = "<run>",
            description = "The folder of a run or of a model, or a model of the hub: owner/name.")
    private String run;

    @Parameters(index = "1..*", paramLabel = "<input>",
            description = "Image files, or texts; lines of the standard input if none is given.")
    private List<String> inputs;

    @Option(names = "--top", defaultValue = "5", paramLabel = "<n>",
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
        try (var model = Predictor.open(Hub.usual().folder(run), device.get())) {
            var asked = new Asked<>(model, top, json, !json && inputs != null);
            if (inputs == null) return new LineAnswers(spec.commandLine(), json).all(asked);
            inputs.stream().gather(Gatherers.windowFixed(LineAnswers.TOGETHER)).forEach(some -> answer(asked, some));
            return code;
        }
    }

    private void answer(Asked<?, ?> asked, List<String> some) {
        var answers = asked.all(some);
        for (int i = 0; i < some.size(); i++) {
            String input = some.get(i);
            var answer = answers.get(i);
            if (input.isBlank()) answer = Asked.Answer.wrong(new IllegalArgumentException("<input>: expected an image"
                    + " file or a text. Received nothing."));
            if (answer.error() != null) code = Main.report(answer.error(), spec.commandLine());
            if (json) print(LineAnswers.object(input, answer));
            else if (answer.error() == null) print(line(input, answer.value().toString()));
        }
    }

    /** An answer of several lines, such as a table, stands by itself; bars stand below their input. */
    private static String line(String input, String answer) {
        if (answer.startsWith("\n")) return input + ":" + answer;
        return answer.contains("\n") ? answer : input + ": " + answer;
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}

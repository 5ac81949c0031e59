package dev.merapi.cli;

import dev.merapi.recipe.Predictor;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi generate}. */
@Command(name = "generate", description = {"Let a language model go on with a text.",
    "Example: merapi generate runs/austen \"It was\" temperature=0.8 max_tokens=200"})
final class GenerateCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of a run, or of a model.")
    private Path run;

    @Parameters(index = "1", paramLabel = "<prompt>", description = "The text to go on with.")
    private String prompt;

    @Parameters(index = "2..*", paramLabel = "key=value", description = "How to choose the words.")
    private List<String> settings = List.of();

    @Mixin private DeviceOption device;

    @Spec private CommandSpec spec;

    @Override public void run() {
        try (var model = Predictor.open(run, device.get())) {
            var out = spec.commandLine().getOut();
            Writing.of(Writing.expect(model, run), settings).goOn(prompt, Writing.to(out));
            out.println();
        }
    }
}

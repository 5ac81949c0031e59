package dev.merapi.vision.pretrained;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Weights;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.convert.DlibCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code merapi convert}: makes a model folder of a file with nothing but weights. */
public final class ConvertCommand implements Command<ConvertCommand.Settings> {
    /** The settings, each described beside it. */
    public record Settings(
            @Describe("torchvision's name of the network, such as resnet50; not of dlib's") String architecture,
            @Describe("file with the name of a class on each line; empty for numbers") String labels) {}

    @Override public String name() { return "convert"; }

    @Override public String description() {
        return "Makes a model folder of weights: dlib's ResNet-34 (.dnn), or torchvision's names (.pth, .safetensors).";
    }

    @Override public String arguments() { return "<file> <folder>"; }

    @Override public Settings defaults() { return new Settings("", ""); }

    @Override public void run(List<String> arguments, Settings settings, Device device, Answers out) {
        Expect.that(arguments.size() == 2, "convert", arguments(), arguments);
        Path file = Path.of(arguments.getFirst()), folder = Path.of(arguments.getLast());
        Expect.that(Files.notExists(folder.resolve("config.json")), "<folder>", "a new one",
                folder + ", which holds a model already");
        out.answer(file.toString(), () -> {
            if (file.toString().endsWith(".dnn")) DlibCheckpoint.convert(file, folder);
            else convert(file, folder, settings);
            try (var model = Vision.load(folder)) {
                long count = model.model().parameterCount();
                var values = Map.of("folder", folder.toString(), "architecture", model.architecture().toString(),
                        "parameters", count, "classes", model.processor().labels().size());
                return new Answer("%s: %s, %,d parameters, %d classes".formatted(folder, model.architecture(), count,
                        model.processor().labels().size()), values);
            }
        });
    }

    private static void convert(Path file, Path folder, Settings settings) {
        Expect.that(!settings.architecture.isEmpty(), "architecture", "torchvision's name of the network, such as"
                + " architecture=resnet50", "none");
        var architecture = Architecture.named(settings.architecture);
        try (var _ = Scope.open()) {
            var weights = architecture.named(Weights.open(file));
            int classes = architecture.classes(weights, file);
            var labels = architecture.labels(settings.labels.isEmpty() ? List.of() : lines(Path.of(settings.labels)),
                    classes);
            try (var model = architecture.build(classes)) {
                weights.loadInto(model);
                new Pretrained(model, architecture.usual().labels(labels), architecture).save(folder);
            }
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}

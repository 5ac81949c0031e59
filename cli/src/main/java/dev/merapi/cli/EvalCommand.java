package dev.merapi.cli;

import dev.merapi.metric.ConfusionMatrix;
import dev.merapi.plot.ConfusionPlot;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi eval}. */
@Command(name = "eval", description = {"Measure a run's model on its test set, or on another.",
    "Example: merapi eval runs/reviews data=newer.csv"})
final class EvalCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of the run.")
    private Path run;

    @Parameters(index = "1..*", paramLabel = "key=value",
            description = "Settings over the run's, to measure with other data.")
    private List<String> settings = List.of();

    @Option(names = "--json", description = "Write an object: metrics, and of classes labels and confusion.")
    private boolean json;

    @Mixin private DeviceOption device;

    @Spec private CommandSpec spec;

    @Override public void run() {
        try (var job = Runs.open(run, settings.toArray(String[]::new))) {
            job.trainer().device(device.get());
            var metrics = new TreeMap<>(job.evaluate());
            var confusion = job.labels().isEmpty() ? null : confusion(job);
            if (json) spec.commandLine().getOut().println(Json.line(object(metrics, confusion, job.labels())));
            else print(metrics, confusion, job.labels());
        }
    }

    private static Map<String, Object> object(Map<String, Double> metrics, ConfusionMatrix confusion,
            List<String> labels) {
        var object = new LinkedHashMap<String, Object>(Map.of("metrics", metrics));
        if (confusion != null) {
            object.put("labels", labels);
            object.put("confusion", confusion.counts()); // rows are targets, columns predictions
        }
        return object;
    }

    private void print(Map<String, Double> metrics, ConfusionMatrix confusion, List<String> labels) {
        var out = spec.commandLine().getOut();
        metrics.forEach((name, value) -> out.printf("%-12s %.4f%n", name, value));
        if (confusion == null) return;
        out.println("\n" + confusion.toString(labels));
        if (!settings.isEmpty()) return; // the picture in the folder is of the run's own test set
        if (!Files.isWritable(run)) {
            out.println("No picture: " + run + " cannot be written to.");
            return;
        }
        Path picture = run.resolve("confusion.png");
        ConfusionPlot.write(picture, confusion.counts(), labels);
        out.println("Picture: " + picture);
    }

    private <B> ConfusionMatrix confusion(Job<B> job) {
        var matrix = new ConfusionMatrix(job.labels().size());
        var task = job.trainer().task();
        try (var test = job.test(); var _ = task.model().evaluating(); var _ = Torch.inference()) {
            for (B batch : test) {
                try (var _ = Scope.open()) {
                    var pass = task.evaluate(task.to(task.model().device(), batch));
                    matrix.update((Tensor) pass.prediction(), (Tensor) pass.target());
                }
            }
        }
        return matrix;
    }
}

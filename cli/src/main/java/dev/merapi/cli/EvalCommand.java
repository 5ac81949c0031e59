package dev.merapi.cli;

import dev.merapi.io.AtomicFiles;
import dev.merapi.metric.ConfusionMatrix;
import dev.merapi.plot.ConfusionPlot;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Runs;
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
            var answers = job.labels().isEmpty() ? null : ClassAnswers.of(job);
            var confusion = answers == null ? null : answers.confusion();
            String object = Json.line(object(metrics, confusion, job.labels()));
            if (settings.isEmpty() && Files.isWritable(run)) { // for the page of runs: of the run's own test set
                AtomicFiles.write(run.resolve("evaluation.json"), object + "\n");
            }
            if (json) spec.commandLine().getOut().println(object);
            else print(metrics, answers, job);
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

    private void print(Map<String, Double> metrics, ClassAnswers answers, Job<?> job) {
        var out = spec.commandLine().getOut();
        metrics.forEach((name, value) -> out.printf("%-12s %.4f%n", name, value));
        if (answers == null) return;
        out.println("\n" + answers.confusion().toString(job.labels()));
        if (!settings.isEmpty()) return; // the picture in the folder is of the run's own test set
        if (!Files.isWritable(run)) {
            out.println("No picture: " + run + " cannot be written to.");
            return;
        }
        Path picture = run.resolve("confusion.png");
        ConfusionPlot.write(picture, answers.confusion().counts(), job.labels());
        out.println("Picture: " + picture);
        answers.precisionRecall(run).ifPresent(curves -> out.println("Picture: " + curves));
        job.showMistakes(answers.mistakes(), run).ifPresent(worst -> out.println("Picture: " + worst));
    }
}

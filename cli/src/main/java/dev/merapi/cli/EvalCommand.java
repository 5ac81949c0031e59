package dev.merapi.cli;

import dev.merapi.metric.ConfusionMatrix;
import dev.merapi.plot.ConfusionPlot;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi eval}. */
@Command(name = "eval", description = "Measure a run's model on its test set.")
final class EvalCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of the run.")
    private Path run;

    @Option(names = "--device", defaultValue = "auto", paramLabel = "<device>",
            description = "cpu, cuda, cuda:<index> or auto (default: ${DEFAULT-VALUE}).")
    private String device;

    @Spec private CommandSpec spec;

    @Override public void run() {
        try (var job = Setup.ofRun(run).trained(run)) {
            job.trainer().device(Device.parse(device));
            measure(job, spec.commandLine().getOut());
        }
    }

    private <B> void measure(Job<B> job, PrintWriter out) {
        try (var test = job.test()) {
            new TreeMap<>(job.trainer().evaluate(test)).forEach((name, value) ->
                    out.printf("%-12s %.4f%n", name, value));
        }
        if (job.labels().isEmpty()) return;
        var confusion = confusion(job);
        out.println("\n" + confusion.toString(job.labels()));
        if (!Files.isWritable(run)) {
            out.println("No picture: " + run + " cannot be written to.");
            return;
        }
        Path picture = run.resolve("confusion.png");
        ConfusionPlot.write(picture, confusion.counts(), job.labels());
        out.println("Picture: " + picture);
    }

    private <B> ConfusionMatrix confusion(Job<B> job) {
        var matrix = new ConfusionMatrix(job.labels().size());
        var task = job.trainer().task();
        try (var test = job.test(); var _ = task.model().evaluating(); var _ = Torch.inference()) {
            for (B batch : test) {
                try (var _ = Scope.open()) {
                    var pass = task.forward(task.to(task.model().device(), batch));
                    matrix.update(pass.prediction(), pass.target());
                }
            }
        }
        return matrix;
    }
}

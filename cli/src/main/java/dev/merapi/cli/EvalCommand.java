package dev.merapi.cli;

import dev.merapi.recipe.Job;
import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.Map;
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
            new TreeMap<>(measure(job)).forEach((name, value) ->
                    spec.commandLine().getOut().printf("%-12s %.4f%n", name, value));
        }
    }

    private <B> Map<String, Double> measure(Job<B> job) {
        try (var test = job.test()) {
            return job.trainer().device(Device.parse(device)).evaluate(test);
        }
    }
}

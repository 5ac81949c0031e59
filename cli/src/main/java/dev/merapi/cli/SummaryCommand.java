package dev.merapi.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi summary}. */
@Command(name = "summary", description = "Show a model's layers, shapes, parameters and multiply-adds.")
final class SummaryCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "<recipe|file|run>", description = "Whose model.")
    private String target;

    @Parameters(index = "1..*", paramLabel = "key=value", description = "Settings over the recipe's.")
    private List<String> settings = List.of();

    @Spec private CommandSpec spec;

    @Override public void run() {
        try (var job = Targets.setup(target, settings).job()) {
            spec.commandLine().getOut().println(job.summary());
        }
    }
}

package dev.merapi.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code merapi resume}. */
@Command(name = "resume", description = "Go on with a run that was interrupted, from its newest checkpoint.")
final class ResumeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of the run.")
    private Path run;

    @Mixin private Fit fit;

    @Override public Integer call() { return fit.resume(run); }
}

package dev.merapi.cli;

import dev.merapi.plot.Curves;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.train.Listener;
import dev.merapi.train.Progress;
import dev.merapi.train.Run;
import dev.merapi.train.TensorBoard;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What training and resuming share: the options, the listeners, the report. */
final class Fit {
    @Mixin private DeviceOption device;

    @Spec(Spec.Target.MIXEE) private CommandSpec spec;

    /** Trains, and returns the exit code. */
    int train(Setup<?> setup, Path folder) {
        try (var job = setup.job()) {
            listen(job.trainer(), folder, false);
            return report(job, job.fit(folder), folder);
        }
    }

    /** Goes on with a run, and returns the exit code. */
    int resume(Path folder) {
        try (var job = Runs.resume(folder)) {
            boolean begun = Trainer.hasCheckpoint(folder);
            if (!begun) spec.commandLine().getOut().println("There is no checkpoint to go on from: beginning anew.");
            listen(job.trainer(), folder, begun);
            return report(job, job.fit(), folder);
        }
    }

    private void listen(Trainer<?> trainer, Path folder, boolean begun) {
        trainer.task().model().to(device.get()); // now: one that is not there is refused before a file is written
        trainer.listen(new Progress(), new TensorBoard(folder), new Curves(folder), new Listener() {
            private boolean saved = begun;

            @Override public void checkpoint(Path checkpoint) { saved = true; }

            @Override public void end() { // the JVM may be gone right after: Ctrl-C ends it
                if (trainer.isStopping()) {
                    spec.commandLine().getOut().println(saved
                            ? "Interrupted; a checkpoint is saved. Go on by: merapi resume " + folder
                            : "Interrupted before there was a checkpoint. Begin anew by: merapi resume " + folder);
                    spec.commandLine().getOut().flush();
                }
            }
        });
    }

    private int report(Job<?> job, Run run, Path folder) {
        if (run.stop() == Run.Stop.REQUESTED) return Main.INTERRUPTED;
        var out = spec.commandLine().getOut();
        out.println(values(run));
        new TreeMap<>(job.finalMetrics()).forEach((name, value) -> out.printf("%s %.4f%n", name, value));
        out.println("Run: " + folder);
        return 0;
    }

    /** The last epoch's values; and of each metric its best, where that was another epoch. */
    private static String values(Run run) {
        var last = run.last();
        return last.values().keySet().stream().sorted().map(name -> {
            String now = "%s %.4f".formatted(name, last.value(name));
            var best = run.bestEpoch(name);
            return best.epoch() == last.epoch() ? now
                    : now + " (best %.4f, epoch %d)".formatted(best.value(name), best.epoch());
        }).collect(Collectors.joining("\n"));
    }
}

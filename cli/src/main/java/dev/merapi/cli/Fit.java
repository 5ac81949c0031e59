package dev.merapi.cli;

import dev.merapi.plot.Curves;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Device;
import dev.merapi.train.Listener;
import dev.merapi.train.Progress;
import dev.merapi.train.Run;
import dev.merapi.train.TensorBoard;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What training and resuming share: the options, the listeners, the report. */
final class Fit {
    @Option(names = "--device", defaultValue = "auto", paramLabel = "<device>",
            description = "cpu, cuda, cuda:<index> or auto (default: ${DEFAULT-VALUE}).")
    private String device;

    @Spec(Spec.Target.MIXEE) private CommandSpec spec;

    /** Fits, and returns the exit code. */
    int run(Setup<?> setup, Path folder, boolean resume) {
        var out = spec.commandLine().getOut();
        boolean begun = resume && Trainer.hasCheckpoint(folder);
        if (resume && !begun) out.println("There is no checkpoint to go on from: beginning anew.");
        try (var job = begun ? setup.job(folder) : setup.job()) {
            var run = fit(job, setup, folder, resume, begun);
            if (run.stop() == Run.Stop.REQUESTED) return Main.INTERRUPTED;
            out.println(report(run));
            out.println("Run: " + folder);
            return 0;
        }
    }

    private <B> Run fit(Job<B> job, Setup<?> setup, Path folder, boolean resume, boolean begun) {
        var trainer = job.trainer().device(Device.parse(device)).folder(folder).config(setup.toMap());
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
        if (resume) trainer.resume();
        if (!begun) job.save(folder);
        try (var train = job.train(); var test = job.test()) {
            return trainer.fit(train, test);
        }
    }

    /** The last epoch's values; and of each metric its best, where that was another epoch. */
    private static String report(Run run) {
        var last = run.last();
        return last.values().keySet().stream().sorted().map(name -> {
            String now = "%s %.4f".formatted(name, last.value(name));
            var best = run.bestEpoch(name);
            return best.epoch() == last.epoch() ? now
                    : now + " (best %.4f, epoch %d)".formatted(best.value(name), best.epoch());
        }).collect(Collectors.joining("\n"));
    }
}

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
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What training and resuming share: the options, the listeners, the report. */
final class Fit {
    @Mixin private DeviceOption device;

    @Mixin private RanksOption ranks;

    @Spec(Spec.Target.MIXEE) private CommandSpec spec;

    /**
     * Trains, and returns the exit code.
     *
     * @param arguments of this command, for other processes
     */
    int train(Setup<?> setup, Path chosen, List<String> arguments) {
        if (ranks.isElsewhere()) return ranks.runElsewhere(setup, chosen, device.text());
        if (ranks.isOn()) return start(arguments, chosen);
        try (var rank = Rank.join(setup, ranks.tensor()); var job = setup.job()) {
            Path folder = rank.folder(chosen);
            listen(rank, job, folder, false);
            return report(rank, job, rank.isMain() ? job.fit(folder) : fit(job, folder), folder);
        }
    }

    /** As {@link Job#fit(Path)}, on a rank that writes nothing there. */
    private static Run fit(Job<?> job, Path folder) {
        job.trainer().folder(folder);
        return job.fit();
    }

    private int start(List<String> arguments, Path folder) {
        var all = new ArrayList<>(arguments);
        all.addAll(List.of("--device", device.text()));
        return ranks.run(all, folder);
    }

    /** Goes on with a run, and returns the exit code. */
    int resume(Path folder) {
        if (ranks.isElsewhere()) return ranks.runElsewhere(Setup.ofRun(folder), folder, device.text());
        if (ranks.isOn()) return start(List.of("resume", folder.toString()), folder);
        try (var rank = Rank.join(null, ranks.tensor()); var job = Runs.resume(folder)) {
            boolean begun = Trainer.hasCheckpoint(folder);
            if (!begun && rank.isMain()) {
                spec.commandLine().getOut().println("There is no checkpoint to go on from: beginning anew.");
            }
            listen(rank, job, folder, begun);
            return report(rank, job, job.fit(), folder);
        }
    }

    private void listen(Rank rank, Job<?> job, Path folder, boolean begun) {
        rank.prepare(job);
        var trainer = job.trainer();
        // now: one that is not there is refused before a file is written
        trainer.task().model().to(rank.device(device.get()));
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

    private int report(Rank rank, Job<?> job, Run run, Path folder) {
        if (run.stop() == Run.Stop.REQUESTED) return Main.INTERRUPTED;
        if (!rank.takesPart()) return 0;
        var last = job.finalMetrics();
        if (!rank.isMain()) return 0;
        var out = spec.commandLine().getOut();
        out.println(values(run));
        new TreeMap<>(last).forEach((name, value) -> out.printf("%s %.4f%n", name, value));
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

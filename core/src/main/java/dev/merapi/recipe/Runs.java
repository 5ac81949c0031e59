package dev.merapi.recipe;

import dev.merapi.io.Weights;
import dev.merapi.tensor.Device;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What training left in folders.
 *
 * <pre>{@code
 * try (var job = Runs.open(Path.of("runs/fashion"))) {
 *     IO.println(job.evaluate().get("accuracy"));
 * }
 * }</pre>
 *
 * To ask a model, {@link Predictor#open} is enough.
 */
public final class Runs {
    private Runs() {}

    /**
     * The job of a run with the weights that it kept.
     *
     * @param settings laid over the run's, as {@code "data=other"} to measure with other data
     * @throws IllegalArgumentException if there is no run in the folder, it has no weights yet, or they do not fit the
     *     settings
     */
    public static Job<?> open(Path run, String... settings) {
        var setup = Setup.ofRun(run, settings);
        if (!Files.exists(run.resolve("model.safetensors"))) {
            throw new IllegalArgumentException(run + ": expected a trained model, model.safetensors. Received a run"
                    + " without one; if its first epoch has not ended, go on with it by merapi resume " + run + ".");
        }
        var job = setup.job(run);
        try {
            Weights.open(run).loadInto(job.trainer().task().model());
            return job;
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /**
     * The job of a run that was interrupted: {@link Job#fit()} goes on from its newest checkpoint. One without a
     * checkpoint yet begins anew.
     *
     * @throws IllegalArgumentException if there is no run in the folder
     */
    public static Job<?> resume(Path run) {
        var setup = Setup.ofRun(run);
        boolean begun = Trainer.hasCheckpoint(run);
        var job = begun ? setup.job(run) : setup.job();
        job.trainer().folder(run, job::save).resume();
        return job;
    }

    /** A run's model, whose closing closes the job that it came with. */
    static Predictor<?, ?> predictor(Path run, Device device) {
        var job = open(run);
        try {
            job.trainer().task().model().to(device);
            job.trainer().task().model().eval();
            return Owner.of(job.predictor(), job);
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }
}

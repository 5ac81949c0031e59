package dev.merapi.compress;

import dev.merapi.data.Batch;
import dev.merapi.data.BatchSource;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Listener;
import dev.merapi.train.Pass;
import dev.merapi.train.Supervised;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The model of a run, with the run's own data. */
final class RunPiece<B> implements Workpiece {
    private final Path folder;
    private final Job<B> job;
    private final BatchSource<B> test; // open, for the first batch
    private final B first;

    private RunPiece(Path folder, Job<B> job) {
        this.folder = folder;
        this.job = job;
        model().eval();
        test = job.test();
        var batches = test.iterator();
        Expect.that(batches.hasNext(), folder.toString(), "a test set to measure with", "an empty one");
        first = batches.next();
    }

    static <B> RunPiece<B> of(Path folder, Job<B> job) {
        try {
            return new RunPiece<>(folder, job);
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    @Override public Path folder() { return folder; }

    @Override public Layer model() { return job.trainer().task().model(); }

    @Override public Summary summary() { return job.summary(); }

    @Override public Runnable answer() { return () -> job.trainer().predict(first); }

    @Override public Map<String, Double> quality() { return job.evaluate(); }

    @Override public void batches(int count, Consumer<Supplier<Pass>> each) {
        try (var train = job.train(); var batches = train.iterator()) {
            Expect.that(batches.hasNext(), folder.toString(), "training data to calibrate with", "none");
            for (int i = 0; i < count && batches.hasNext(); i++) {
                B batch = job.trainer().task().to(model().device(), batches.next());
                each.accept(() -> job.trainer().task().forward(batch));
            }
        }
    }

    @Override public Optional<Tensor> example() {
        return first instanceof Batch batch && job.trainer().task() instanceof Supervised
                ? Optional.of(batch.x().narrow(0, 0, 1)) : Optional.empty();
    }

    @Override public Tensor forward(Tensor x) {
        if (job.trainer().task() instanceof Supervised task) return task.output(x);
        throw Expect.error(folder.toString(), "a model from one tensor to another", "the recipe's "
                + job.trainer().task().getClass().getSimpleName());
    }

    @Override public void train(Path into, int epochs, Tuning tuning) {
        Workpiece.expectFree(into);
        var trainer = job.trainer().epochs(epochs).strategy(tuning.strategy());
        trainer.listen(tuning.listeners().toArray(Listener[]::new));
        job.fit(into);
        model().eval();
    }

    @Override public void close() {
        test.close();
        job.close();
    }
}

package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Batches;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;

/** One fit: the loop that one would write by hand, with evaluation, checkpoints and listeners around its steps. */
final class Loop<B> implements AutoCloseable {
    private final Trainer<B> trainer;
    private final Task<B> task;
    private final Strategy strategy;
    private final BatchSource<B> train;
    private final BatchSource<B> test; // null: none
    private final Extent extent;
    private final Optimizers optimizers;
    private final LearningRate learningRate;
    private final Average average;
    private final Monitor monitor;
    private final Best best;
    private final Checkpoint checkpoint; // null: no folder
    private final Bookmark at;
    private final Steps<B> steps;
    private final List<Listener> listeners;
    private Batches<B> batches; // of the running pass; null: none
    private long waited; // for them, in nanoseconds
    private boolean interrupted; // this thread, since the fit began

    Loop(Trainer<B> trainer, BatchSource<B> train, BatchSource<B> test) {
        this.trainer = trainer;
        this.test = test;
        task = trainer.task;
        strategy = trainer.strategy;
        this.train = strategy.prepare(train);
        monitor = Setup.monitor(trainer, test != null);
        if (trainer.resume && trainer.folder != null) Checkpoint.change(task.model(), trainer.folder);
        trainer.place();
        if (trainer.seed != null) Torch.seed(trainer.seed);
        strategy.prepare(task.model());
        optimizers = new Optimizers(trainer);
        average = new Average(task.model(), trainer.ema);
        best = new Best(trainer);
        extent = Extent.of(trainer, this.train);
        learningRate = new LearningRate(trainer, extent.totalSteps());
        checkpoint = trainer.folder == null ? null : new Checkpoint(trainer, optimizers, average, monitor);
        at = checkpoint == null ? new Bookmark() : checkpoint.open(this.train); // after all that may refuse: it writes
        at.history.forEach(learningRate::epoch);
        listeners = Setup.listeners(trainer);
        steps = Steps.of(trainer, optimizers, at, step -> listeners.forEach(listener -> listener.step(step)));
    }

    Run run() {
        var start = new Listener.Start(extent.epochs(), extent.stepsPerEpoch(), extent.totalSteps(),
                List.copyOf(at.history), at.step);
        try (var _ = checkpoint == null ? null : new GracefulStop(trainer::stop)) {
            listeners.forEach(listener -> listener.start(start));
            try {
                var stop = epochs();
                average.apply();
                if (stop != Run.Stop.REQUESTED) best.restore();
                return new Run(at.history, at.step, stop, Setup.smallerIsBetter(trainer));
            } finally {
                listeners.forEach(Listener::end);
                if (interrupted) Thread.currentThread().interrupt();
            }
        }
    }

    private Run.Stop epochs() {
        while (!extent.isOver(at)) {
            if (monitor.isOver(at.history)) return Run.Stop.EARLY;
            if (isStopping() || !trainEpoch() || !finishEpoch()) return Run.Stop.REQUESTED;
        }
        return Run.Stop.FINISHED;
    }

    /** Whether the fit was told to end, on any rank. */
    private boolean isStopping() { return strategy.any(isTold()); }

    /** Told by the trainer, or by an interrupt of this thread, which is kept for later. */
    private boolean isTold() {
        interrupted |= Thread.interrupted();
        return trainer.stopRequested || interrupted;
    }

    /** Whether an error came from an interrupt of this thread while it waited for a batch, say. */
    private boolean isInterrupted() {
        if (!Thread.currentThread().isInterrupted()) return false;
        return isTold();
    }

    /** @return false if it was stopped on the way */
    private boolean trainEpoch() {
        if (!task.model().isTraining()) task.model().train(); // else parts that the user put in evaluation stay so
        long begin = System.nanoTime();
        double trainedBefore = at.trainSeconds;
        boolean resumed = at.stepInEpoch > 0;
        while (epochGoesOn()) {
            boolean due = at.stepInEpoch > 0 && at.step % trainer.checkpointSteps == 0 && !resumed;
            boolean stopping = isStopping();
            if (due || stopping) {
                settle();
                save();
            }
            if (stopping || !step()) return false;
            at.trainSeconds = trainedBefore + (System.nanoTime() - begin) / 1e9;
            long waitedBefore = waited;
            waited = batches.waitedNanos();
            at.waitSeconds += (waited - waitedBefore) / 1e9;
            resumed = false;
        }
        settle();
        if (strategy.sum(at.lossWeight) > 0) return true;
        throw new IllegalArgumentException("Trainer.fit: expected batches with at least one target to learn from."
                + " Received " + at.batchesTaken + " batches without.");
    }

    /** Whether the running epoch has another batch on any rank, of this pass or the next. */
    private boolean epochGoesOn() {
        if (batches == null) openPass();
        if (extent.endsEpoch(at)) return false;
        if (passGoesOn()) return true;
        // behind an empty pass the next one would be empty too
        if (!strategy.any(at.batchesTaken > 0) || !extent.goesOnBehindPass(at)) return false;
        at.endPass();
        openPass();
        return passGoesOn();
    }

    private boolean passGoesOn() { return strategy.any(batches.hasNext()); }

    private void openPass() {
        at.plan = train.plan(at.pass());
        train.resume(at.position());
        batches = train.iterator();
        waited = 0;
    }

    /** @return false if it was interrupted: then the run stands where it stood, and is saved there if it can be */
    private boolean step() {
        optimizers.learningRate(base -> learningRate.at(at.step, base));
        long batchesBefore = at.batchesTaken;
        steps.begin();
        try {
            steps.agreement.together(() -> {
                for (int i = 0; i < trainer.accumulate && batches.hasNext(); i++) {
                    B batch = batches.next();
                    at.batchesTaken++;
                    at.state = train.position().state();
                    steps.learn(batch);
                }
            });
        } catch (RuntimeException e) {
            if (!isInterrupted()) throw e;
            boolean began = at.batchesTaken > batchesBefore; // dropout and running statistics went on
            at.batchesTaken = batchesBefore;
            if (!began && strategy.world() == 1) { // the others have gone further, or are gone
                settle();
                save();
            }
            return false;
        }
        steps.update();
        average.update();
        at.step++;
        at.stepInEpoch++;
        steps.readings.step(optimizers.learningRate(), steps.norm());
        return true;
    }

    /** @return false if it was interrupted, and the epoch is to be evaluated again */
    private boolean finishEpoch() {
        isTold(); // an interrupt so far ends the fit after the evaluation
        long begin = System.nanoTime();
        var values = new LinkedHashMap<String, Double>();
        values.put("train_loss", strategy.sum(at.lossSum) / strategy.sum(at.lossWeight));
        var evaluation = new Evaluation<>(trainer);
        try {
            steps.agreement.together(() -> {
                if (test != null) average.during(() -> evaluation.measure(test));
            });
        } catch (RuntimeException e) {
            if (!isInterrupted()) throw e;
            if (strategy.world() == 1) save();
            return false;
        }
        if (test != null) {
            evaluation.join(strategy);
            values.putAll(evaluation.values());
        }
        values.replaceAll((_, value) -> strategy.broadcast(value)); // by which all decide alike
        var epoch = new Epoch(at.epochsDone + 1, at.step, values, optimizers.learningRate(),
                at.trainSeconds + (System.nanoTime() - begin) / 1e9, at.stepInEpoch / at.trainSeconds,
                at.waitSeconds / at.trainSeconds);
        at.endEpoch(epoch);
        if (!extent.isOver(at) && !passGoesOn()) { // a pass may end where an epoch of steps does
            at.endPass();
            batches = null;
        }
        learningRate.epoch(epoch);
        if (monitor.isBest(at.history)) average.during(() -> best.keep(epoch));
        try {
            listeners.forEach(listener -> listener.epoch(epoch));
        } finally {
            save(); // also where a picture of it cannot be drawn
        }
        return true;
    }

    private void settle() {
        steps.settle();
        strategy.settle(task.model());
    }

    private void save() {
        if (checkpoint == null) return;
        var all = at.together(strategy);
        if (optimizers.arePart() && !strategy.isMain()) checkpoint.savePart();
        var randoms = strategy.gather(Checkpoint.random()); // all parts are there
        var folder = checkpoint.save(all, randoms);
        if (folder != null) listeners.forEach(listener -> listener.checkpoint(folder));
    }

    @Override public void close() {
        if (batches != null) batches.close();
        steps.close();
        optimizers.close();
        average.close();
        best.close();
    }
}

package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Batches;
import dev.merapi.data.Loader;
import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;

/** One fit: the loop that one would write by hand, with evaluation, checkpoints and listeners around its steps. */
final class Loop<B> implements AutoCloseable {
    private final Trainer<B> trainer;
    private final Task<B> task;
    private final Device device;
    private final Loader<B> train;
    private final Loader<B> test; // null: none
    private final Optimizer optimizer;
    private final LearningRate learningRate;
    private final Average average;
    private final Monitor monitor;
    private final Best best;
    private final Checkpoint checkpoint; // null: no folder
    private final Bookmark at;
    private final Update update;
    private final FiniteGuard<B> guard;
    private final List<Listener> listeners;
    private boolean interrupted; // this thread, since the fit began

    Loop(Trainer<B> trainer, Loader<B> train, Loader<B> test) {
        this.trainer = trainer;
        this.train = train;
        this.test = test;
        task = trainer.task;
        device = trainer.device();
        monitor = Setup.monitor(trainer, test != null);
        trainer.place();
        if (trainer.seed != null) Torch.seed(trainer.seed);
        optimizer = Setup.optimizer(trainer);
        average = new Average(task.model(), trainer.averaging);
        best = new Best(trainer);
        checkpoint = trainer.folder == null ? null : new Checkpoint(trainer, optimizer, average);
        at = checkpoint == null ? new Bookmark() : checkpoint.open(train);
        learningRate = new LearningRate(trainer, optimizer.learningRate(), trainer.epochs * stepsPerEpoch(),
                at.history);
        update = new Update(trainer, optimizer, at);
        guard = new FiniteGuard<>(trainer, at);
        listeners = Setup.listeners(trainer);
    }

    Run run() {
        var start = new Listener.Start(trainer.epochs, stepsPerEpoch(), List.copyOf(at.history), at.step);
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
        while (at.epochsDone < trainer.epochs) {
            if (monitor.isOver(at.history)) return Run.Stop.EARLY;
            if (isStopping() || !trainEpoch() || !finishEpoch()) return Run.Stop.REQUESTED;
        }
        return Run.Stop.FINISHED;
    }

    /** Whether the fit was told to end: by the trainer, or by an interrupt of this thread, which is kept for later. */
    private boolean isStopping() {
        interrupted |= Thread.interrupted();
        return trainer.stopRequested || interrupted;
    }

    /** Whether an error came from an interrupt of this thread while it waited for a batch, say. */
    private boolean isInterrupted() {
        if (!Thread.currentThread().isInterrupted()) return false;
        return isStopping();
    }

    /** @return false if it was stopped on the way */
    private boolean trainEpoch() {
        at.plan = train.plan(at.epochsDone);
        task.model().train();
        train.resume(new BatchSource.Position(at.epochsDone, at.batchesTaken));
        long begin = System.nanoTime();
        double trainedBefore = at.trainSeconds;
        double waitedBefore = at.waitSeconds;
        try (var batches = train.iterator()) {
            boolean resumed = at.stepInEpoch > 0;
            while (batches.hasNext()) {
                boolean due = at.stepInEpoch > 0 && at.step % trainer.checkpointSteps == 0 && !resumed;
                boolean stopping = isStopping();
                if (due || stopping) {
                    guard.statistics();
                    save();
                }
                if (stopping || !step(batches)) return false;
                at.trainSeconds = trainedBefore + (System.nanoTime() - begin) / 1e9;
                at.waitSeconds = waitedBefore + batches.waitedNanos() / 1e9;
                resumed = false;
            }
        }
        if (at.lossWeight > 0) return true;
        throw new IllegalArgumentException("Trainer.fit: expected batches with at least one target to learn from."
                + " Received " + at.batchesTaken + " batches without.");
    }

    /** @return false if it was interrupted: then the run stands where it stood, and is saved there if it can be */
    private boolean step(Batches<B> batches) {
        double rate = learningRate.at(at.step);
        optimizer.learningRate(rate);
        int batchesBefore = at.batchesTaken;
        double lossBefore = at.lossSum;
        double weightBefore = at.lossWeight;
        update.begin();
        try {
            for (int i = 0; i < trainer.accumulate && batches.hasNext(); i++) pass(batches.next());
        } catch (RuntimeException e) {
            if (!isInterrupted()) throw e;
            boolean began = at.batchesTaken > batchesBefore; // dropout and running statistics went on
            at.batchesTaken = batchesBefore;
            at.lossSum = lossBefore;
            at.lossWeight = weightBefore;
            if (!began) {
                guard.statistics();
                save();
            }
            return false;
        }
        double norm = update.apply();
        average.update();
        at.step++;
        at.stepInEpoch++;
        double loss = (at.lossSum - lossBefore) / (at.lossWeight - weightBefore);
        var done = new Listener.Step(at.epochsDone + 1, at.step, at.stepInEpoch, loss, rate, norm);
        listeners.forEach(listener -> listener.step(done));
        return true;
    }

    private void pass(B next) {
        at.batchesTaken++;
        try (var _ = Scope.open()) {
            B batch = task.to(device, next);
            Pass pass = trainer.forward(batch);
            if (pass.weight() == 0) return; // all padding, say
            at.lossSum += guard.loss(pass, batch) * pass.weight();
            at.lossWeight += pass.weight();
            update.add(pass);
            guard.gradient(batch);
        }
    }

    /** @return false if it was interrupted, and the epoch is to be evaluated again */
    private boolean finishEpoch() {
        isStopping(); // an interrupt so far ends the fit after the evaluation
        guard.statistics();
        long begin = System.nanoTime();
        var values = new LinkedHashMap<String, Double>();
        values.put("train_loss", at.lossSum / at.lossWeight);
        try {
            if (test != null) average.during(() -> values.putAll(trainer.evaluate(test)));
        } catch (RuntimeException e) {
            if (!isInterrupted()) throw e;
            save();
            return false;
        }
        var epoch = new Epoch(at.epochsDone + 1, at.step, values, optimizer.learningRate(),
                at.trainSeconds + (System.nanoTime() - begin) / 1e9, at.stepInEpoch / at.trainSeconds,
                at.waitSeconds / at.trainSeconds);
        at.endEpoch(epoch);
        learningRate.epoch(epoch);
        if (monitor.isBest(at.history)) average.during(() -> best.keep(epoch));
        try {
            listeners.forEach(listener -> listener.epoch(epoch));
        } finally {
            save(); // also where a picture of it cannot be drawn
        }
        return true;
    }

    private void save() {
        if (checkpoint == null) return;
        var folder = checkpoint.save(at);
        listeners.forEach(listener -> listener.checkpoint(folder));
    }

    private long stepsPerEpoch() { return Math.ceilDiv(train.batches(), trainer.accumulate); }

    @Override public void close() {
        optimizer.close();
        average.close();
        best.close();
    }
}

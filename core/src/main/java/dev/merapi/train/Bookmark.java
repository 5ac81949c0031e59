package dev.merapi.train;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.merapi.data.BatchSource;
import dev.merapi.io.JsonErrors;
import dev.merapi.io.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Where a run stands: all that a checkpoint holds beside tensors. Its fields are the JSON. */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
final class Bookmark {
    int epochsDone;
    long step;
    List<Epoch> history = new ArrayList<>();

    // in the data
    private int pass = -1; // over them, from 0; -1 in checkpoints of versions before it: an epoch was a pass
    long batchesTaken; // of this pass
    String state; // of their source behind these, see BatchSource.Position
    Long plan; // see BatchSource.plan, on the main rank; null in checkpoints of versions before it

    // in a checkpoint of several ranks, where batches, losses and weights are those of all
    int world = 1;
    List<Long> batchesOfRanks = List.of();
    List<String> states = List.of(); // of the ranks, empty for null

    // of the running epoch
    long stepInEpoch;
    double lossSum;
    double lossWeight;
    double trainSeconds;
    double waitSeconds;

    // of all epochs
    Long batches; // in a pass; null where nobody knows
    Integer accumulate;

    // of float16
    double lossScale = LossScale.FIRST;
    int stepsAtLossScale;

    void endEpoch(Epoch epoch) {
        pass = pass();
        history.add(epoch);
        epochsDone++;
        stepInEpoch = 0;
        lossSum = 0;
        lossWeight = 0;
        trainSeconds = 0;
        waitSeconds = 0;
    }

    /** What all ranks did, as one: from it any number of ranks can go on. */
    Bookmark together(Strategy strategy) {
        if (strategy.world() == 1) return this;
        var all = Json.LINES.convertValue(this, Bookmark.class);
        all.world = strategy.world();
        all.batchesTaken = (long) strategy.sum(batchesTaken);
        all.lossSum = strategy.sum(lossSum);
        all.lossWeight = strategy.sum(lossWeight);
        all.batchesOfRanks = strategy.gather("" + batchesTaken).stream().map(Long::valueOf).toList();
        all.states = strategy.gather(state == null ? "" : state);
        all.state = null;
        return all;
    }

    /**
     * This rank's part of what all did.
     *
     * @param run the folder, for the message
     * @throws IllegalArgumentException if the source's place is known only for as many ranks as there were
     */
    private void takePart(Path run, Strategy strategy) {
        boolean asMany = world == strategy.world();
        if (!asMany && batchesTaken > 0 && (state != null || states.stream().anyMatch(s -> !s.isEmpty()))) {
            throw new IllegalArgumentException("Trainer.resume: expected " + world + " ranks, as when the run " + run
                    + " was stopped in the middle of a pass over a stream. Received " + strategy.world()
                    + "; take as many, or a checkpoint between passes.");
        }
        if (asMany && world > 1 && !states.get(strategy.rank()).isEmpty()) state = states.get(strategy.rank());
        if (strategy.world() == 1) return;
        batchesTaken = asMany ? batchesOfRanks.get(strategy.rank())
                : Math.ceilDiv(batchesTaken - strategy.rank(), strategy.world()); // each the next, in turn
        if (strategy.isMain()) return;
        lossSum = 0;
        lossWeight = 0;
    }

    int pass() { return pass < 0 ? epochsDone : pass; }

    void endPass() {
        pass = pass() + 1;
        batchesTaken = 0;
        state = null;
    }

    BatchSource.Position position() { return new BatchSource.Position(pass(), batchesTaken, state); }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException naming the file, if it is none
     */
    static Bookmark read(Path file) {
        try {
            var at = Json.LINES.treeToValue(JsonFile.object(file), Bookmark.class);
            if (!at.isSound()) {
                throw new IllegalArgumentException(file + ": expected where a run stands. Received numbers that no run"
                        + " has; the file is damaged.");
            }
            return at;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": expected where a run stands. "
                    + JsonErrors.keyed(e) + "; the file is damaged.", e);
        }
    }

    private boolean isSound() {
        return history != null && history.size() == epochsDone && step >= 0 && world >= 1
                && states != null && batchesOfRanks != null
                && (world == 1 || states.size() == world && batchesOfRanks.size() == world) && pass >= -1
                && batchesTaken >= 0 && stepInEpoch >= 0 && lossWeight >= 0
                && lossScale > 0 && lossScale < Double.POSITIVE_INFINITY
                && history.stream().allMatch(epoch -> epoch != null && epoch.values() != null
                        && epoch.values().values().stream().allMatch(Objects::nonNull));
    }

    /**
     * Looks for values in every epoch: the history decides which epoch was the best and when to stop.
     *
     * @param file this was read from
     * @throws IllegalArgumentException if an epoch lacks one
     */
    void expectValues(Path file, Collection<String> names) {
        for (var epoch : history) {
            for (String name : names) {
                if (epoch.values().containsKey(name)) continue;
                throw new IllegalArgumentException(file + ": expected a value " + name + " of every epoch, by which"
                        + " the run is judged. Received epoch " + epoch.epoch() + " with " + epoch.values().keySet()
                        + "; resume with the test set and the metric that the run began with, or begin a new one in"
                        + " another folder.");
            }
        }
    }

    /**
     * Compares the data with what it was: what is left of an epoch, and a schedule over all steps, would not be the
     * same.
     *
     * @param run the folder, for the message
     * @param accumulateNow batches in a step
     * @throws IllegalArgumentException if it differs, or cannot go on from here
     */
    void expectData(Path run, BatchSource<?> train, int accumulateNow, Strategy strategy) {
        double length = strategy.sum(train.length().isPresent() ? train.length().getAsLong() : Double.NaN);
        Long batchesNow = Double.isNaN(length) ? null : (long) length;
        if (accumulate != null && (!Objects.equals(batches, batchesNow) || accumulate != accumulateNow)) {
            throw new IllegalArgumentException("Trainer.resume: expected " + count(batches)
                    + " batches in an epoch and " + accumulate + " in a step, as when the run " + run
                    + " was stopped. Received " + count(batchesNow) + " and " + accumulateNow
                    + ": set batch size, data and accumulate() back, or begin a new run from this one's weights in"
                    + " another folder.");
        }
        boolean samePart = strategy.isMain() && world == strategy.world();
        if (batchesTaken > 0 && samePart && plan != null && plan != train.plan(pass())) {
            throw new IllegalArgumentException("Trainer.resume: expected the order of samples of the epoch that was"
                    + " stopped after " + batchesTaken + " batches in " + run + ". Received another: some samples would"
                    + " come twice, and some never. Set the loader's seed, sampler and batch size back.");
        }
        batches = batchesNow;
        accumulate = accumulateNow;
        takePart(run, strategy);
        train.resume(position()); // if it cannot, before anything is written
    }

    private static String count(Long batches) { return batches == null ? "an unknown number of" : "" + batches; }
}

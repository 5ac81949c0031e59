package dev.merapi.train;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The numbers of steps, read from the device after every so many: to read one, a GPU's whole queue is waited for. Who
 * counts and listens gets the same numbers whenever they are read.
 */
final class Readings implements AutoCloseable {
    /** A number that is read now or later. */
    static final class Reading {
        private Tensor tensor; // null: read
        private double value;
        final String what;
        final int epoch;
        final long step;

        private Reading(String what, int epoch, long step) {
            this.what = what;
            this.epoch = epoch;
            this.step = step;
        }

        /** False only for one that was read. */
        boolean isFinite() { return tensor != null || Double.isFinite(value); }

        double value() { return value; }
    }

    private record Loss(Reading number, double weight) { }

    /** One step that listeners have not heard of. */
    private record Taken(Listener.Step step, List<Loss> losses, Reading norm) { }

    private final int every;
    private final Bookmark at;
    private final Consumer<Listener.Step> listener;
    private final List<Reading> unread = new ArrayList<>();
    private final List<Taken> taken = new ArrayList<>();
    private List<Loss> losses = new ArrayList<>(); // of the running step

    Readings(int every, Bookmark at, Consumer<Listener.Step> listener) {
        this.every = every;
        this.at = at;
        this.listener = listener;
    }

    /** Before the first pass of a step: what one that was broken off has left is forgotten. */
    void begin() { losses = new ArrayList<>(); }

    /** A number of the running step, 0-d; one that is not finite is named by {@code what}, unless that is empty. */
    Reading take(String what, Tensor tensor) {
        var number = new Reading(what, at.epochsDone + 1, at.step + 1);
        if (every == 1) {
            number.value = tensor.item();
        } else {
            number.tensor = tensor.detach().owned();
            unread.add(number);
        }
        return number;
    }

    /** The loss of one of the step's batches, for the epoch's mean. */
    void loss(Reading loss, double weight) { losses.add(new Loss(loss, weight)); }

    /** After a step, which {@code at} has counted; {@code norm} is that of its gradients, or null. */
    void step(double rate, Reading norm) {
        taken.add(new Taken(new Listener.Step(at.epochsDone + 1, at.step, at.stepInEpoch, Double.NaN, rate, Double.NaN),
                losses, norm));
        losses = new ArrayList<>();
        if (taken.size() >= every) flush();
    }

    /** Reads what is still on the device, and tells of it. */
    void flush() {
        if (!unread.isEmpty()) read();
        var steps = List.copyOf(taken);
        taken.clear();
        for (var one : steps) {
            double lossBefore = at.lossSum;
            double weightBefore = at.lossWeight;
            for (var loss : one.losses) {
                at.lossSum += loss.number.value * loss.weight;
                at.lossWeight += loss.weight;
            }
            double loss = (at.lossSum - lossBefore) / (at.lossWeight - weightBefore);
            double norm = one.norm == null ? Double.NaN : one.norm.value;
            var step = one.step;
            listener.accept(new Listener.Step(step.epoch(), step.step(), step.stepInEpoch(), loss, step.learningRate(),
                    norm));
        }
    }

    private void read() {
        var device = unread.getFirst().tensor.device();
        double[] values = Tensor.stack(unread.stream().map(n -> n.tensor.to(device).to(DType.FLOAT64)).toList(), 0)
                .toDoubles();
        var numbers = List.copyOf(unread);
        close();
        for (int i = 0; i < values.length; i++) numbers.get(i).value = values[i];
        for (var number : numbers) {
            if (number.what.isEmpty() || Double.isFinite(number.value)) continue;
            throw new NotFiniteException("Trainer: step " + number.step + " of epoch " + number.epoch + ": "
                    + number.what + number.value + ". It was read " + (at.step - number.step) + " steps later, after"
                    + " other updates: with readEvery(1) the fit ends before the weights change, and says where it"
                    + " began. Checkpoints written before are untouched.");
        }
    }

    @Override public void close() {
        unread.forEach(number -> {
            number.tensor.close();
            number.tensor = null;
        });
        unread.clear();
    }
}

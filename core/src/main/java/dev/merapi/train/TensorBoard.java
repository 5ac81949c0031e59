package dev.merapi.train;

import dev.merapi.io.EventFile;
import java.nio.file.Path;

/**
 * Curves for TensorBoard: {@code train/loss}, {@code train/learning_rate} and {@code train/gradient_norm} after every
 * tenth optimizer step, {@code test/…} for each value measured after an epoch. {@code tensorboard --logdir <folder>}
 * shows them.
 */
public final class TensorBoard implements Listener {
    private static final int EVERY = 10;

    private final Path folder;
    private EventFile events;

    /** Writes its files into {@code folder}. */
    public TensorBoard(Path folder) { this.folder = folder; }

    @Override public void start(Start start) {
        events = EventFile.in(folder);
        if (start.step() > 0) events.restartAt(start.step() + 1);
    }

    @Override public void step(Step step) {
        if (step.step() % EVERY != 0) return;
        events.scalar("train/loss", step.step(), step.loss());
        events.scalar("train/learning_rate", step.step(), step.learningRate());
        if (!Double.isNaN(step.gradientNorm())) events.scalar("train/gradient_norm", step.step(), step.gradientNorm());
    }

    @Override public void epoch(Epoch epoch) {
        epoch.values().forEach((name, value) -> events.scalar(
                name.equals("train_loss") ? "train/epoch_loss" : "test/" + name, epoch.step(), value));
    }

    @Override public void end() { if (events != null) events.close(); }
}

package dev.merapi.train;

import java.nio.file.Files;

/** The weights of the best epoch so far: in the run folder, or without one in memory if early stopping needs them. */
final class Best implements AutoCloseable {
    private final Trainer<?> trainer;
    private Weights copy; // null: none, or in the folder

    Best(Trainer<?> trainer) { this.trainer = trainer; }

    /** Remembers the model's weights as they are now. */
    void keep(Epoch epoch) {
        if (trainer.folder != null) {
            RunFolder.keep(trainer, epoch);
        } else if (trainer.patience < Integer.MAX_VALUE) {
            close();
            copy = new Weights(trainer.task.model());
        }
    }

    /** Puts them back into the model, if early stopping was asked for and any epoch was better than none. */
    void restore() {
        if (trainer.patience == Integer.MAX_VALUE) return;
        if (copy != null) copy.restore();
        else if (trainer.folder != null && Files.exists(RunFolder.model(trainer))) {
            trainer.strategy.load(trainer.task.model(), RunFolder.model(trainer));
        }
    }

    @Override public void close() { if (copy != null) copy.close(); }
}

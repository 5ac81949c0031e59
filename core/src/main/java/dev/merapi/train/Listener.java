package dev.merapi.train;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Hears how a fit goes. Its methods are called on the training thread, in the order of what happens. */
public interface Listener {
    /** Before the first step. */
    default void start(Start start) {}

    /** After each optimizer step. */
    default void step(Step step) {}

    /** After each epoch and its evaluation. */
    default void epoch(Epoch epoch) {}

    /** After a checkpoint was written; {@code folder} holds it. */
    default void checkpoint(Path folder) {}

    /** After the last step, also when an error ends the fit. Flush and close here. */
    default void end() {}

    /**
     * Where a fit starts: at 0, or where a resumed run goes on. A listener that keeps a file cuts what a killed run
     * wrote beyond.
     *
     * @param epochs how many the run will have; empty where nobody knows, as the next two
     * @param stepsPerEpoch optimizer steps in each; the last may be shorter
     * @param steps optimizer steps that the run will have
     * @param history the epochs finished before
     * @param step optimizer steps done before
     */
    record Start(OptionalInt epochs, OptionalLong stepsPerEpoch, OptionalLong steps, List<Epoch> history, long step) {
        /** How many epochs were finished before. */
        public int epochsDone() { return history.size(); }
    }

    /**
     * One optimizer step.
     *
     * @param epoch the running epoch, from 1
     * @param step optimizer steps since the run began
     * @param stepInEpoch the same since the epoch began
     * @param loss mean loss of the step's batches
     * @param learningRate used for this step
     * @param gradientNorm the norm before clipping; NaN where gradients are not clipped by norm
     */
    record Step(int epoch, long step, long stepInEpoch, double loss, double learningRate, double gradientNorm) {}
}

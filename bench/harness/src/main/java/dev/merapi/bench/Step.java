package dev.merapi.bench;

/** One step of a workload, ready to run again and again. */
@FunctionalInterface
public interface Step {
    /** Runs the step and waits for it; returns its loss, or NaN where the workload has none. */
    double run();
}

package dev.merapi.bench;

/**
 * What a contender answers after its turn.
 *
 * @param nanos the time of all steps
 * @param cpuNanos the processor time of all steps, of all threads together
 * @param loss of the last step
 */
record Turn(long steps, long nanos, long cpuNanos, double loss) {
    double nanosPerStep() { return (double) nanos / steps; }

    double cpuPerStep() { return (double) cpuNanos / steps; }
}

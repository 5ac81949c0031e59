package dev.merapi.bench;

/** What a contender answers after its turn: the time of all steps and the loss of the last one. */
record Turn(long steps, long nanos, double loss) {
    double nanosPerStep() { return (double) nanos / steps; }
}

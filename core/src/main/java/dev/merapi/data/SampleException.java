package dev.merapi.data;

/** A sample could not be read; {@link #getCause} says why, unless it is null. */
public final class SampleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int index;

    SampleException(int index, RuntimeException cause) {
        super("Dataset: sample " + index + " could not be read: " + cause, cause);
        this.index = index;
    }

    /** The sample is null. */
    SampleException(int index) {
        super("Dataset: expected a sample at " + index + ". Received null.");
        this.index = index;
    }

    SampleException(int index, String reason) {
        super("Dataset: reading stopped after sample " + index + ": " + reason);
        this.index = index;
    }

    /** Position of the sample in the data set that failed. */
    public int index() { return index; }
}

package dev.merapi.data;

import java.io.UncheckedIOException;

/** A sample could not be read; {@link #getCause} says why, unless it is null. */
public final class SampleException extends RuntimeException {
    private static final long serialVersionUID = 2;

    private final long index;

    private SampleException(String message, long index, RuntimeException cause) {
        super(message, cause);
        this.index = index;
    }

    SampleException(int index, RuntimeException cause) {
        this("Dataset: sample " + index + " could not be read: " + reason(cause), index, cause);
    }

    /** The sample is null. */
    SampleException(int index) { this("Dataset: expected a sample at " + index + ". Received null.", index, null); }

    SampleException(int index, String reason) {
        this("Dataset: reading stopped after sample " + index + ": " + reason, index, null);
    }

    static SampleException inStream(long number, int epoch, RuntimeException cause) {
        return new SampleException("Samples: sample " + number + " of epoch " + epoch + " could not be read: "
                + reason(cause), number, cause);
    }

    static SampleException inStream(long number, int epoch, String reason) {
        return new SampleException("Samples: sample " + number + " of epoch " + epoch + " could not be read: " + reason,
                number, null);
    }

    /** What says what is wrong, such as a file's name, needs no class in front of it. */
    private static String reason(RuntimeException cause) {
        boolean speaks = cause instanceof IllegalArgumentException || cause instanceof UncheckedIOException;
        return speaks && cause.getMessage() != null ? cause.getMessage() : cause.toString();
    }

    /** Position of the sample in the data set, or its number in a stream's epoch, from 0. */
    public long index() { return index; }
}

package dev.merapi.text.model.causal;

/** A stage of a model cannot be reached, has ended, failed or was silent for too long; what was being read is lost. */
public final class StageException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    StageException(String message, Throwable cause) { super(message, cause); }
}

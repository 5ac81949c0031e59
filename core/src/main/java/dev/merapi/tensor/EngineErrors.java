package dev.merapi.tensor;

/** Turns the engine's exceptions into ours: one line that says what is wrong, the C++ frames in the cause. */
final class EngineErrors {
    private EngineErrors() {}

    static RuntimeException translate(RuntimeException e) {
        String message = e.getMessage();
        boolean ours = e.getClass() != RuntimeException.class || message == null;
        if (ours) return e;
        String first = message.lines().findFirst().orElse("unknown error of the engine");
        if (first.contains("DefaultCPUAllocator") || first.contains("out of memory")) {
            var error = new OutOfMemoryError(first + " Use a smaller batch, or gradient accumulation.");
            error.initCause(e);
            throw error;
        }
        return new IllegalArgumentException(first, e);
    }
}

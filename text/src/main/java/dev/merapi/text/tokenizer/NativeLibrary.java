package dev.merapi.text.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;

/**
 * Hugging Face's tokenizers, compiled from Rust, as DJL packs them. We call the library and not DJL's
 * {@code HuggingFaceTokenizer}, whose constructor asks a network address whether it runs on Amazon's machines, and
 * whose truncation cannot change from call to call.
 */
final class NativeLibrary {
    private NativeLibrary() {}

    /** @throws IllegalStateException if there is none for this platform, or it cannot be unpacked */
    static TokenizersLibrary load() {
        setDefault("RUST_FLAVOR", "cpu"); // else DJL downloads another build where it sees a GPU
        setDefault("slf4j.internal.verbosity", "ERROR"); // DJL logs: without a logger, SLF4J prints three lines
        try {
            LibUtils.checkStatus(); // loads on the first call
            return TokenizersLibrary.LIB;
        } catch (RuntimeException | Error e) {
            throw new IllegalStateException("The native tokenizers library could not be loaded on "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ": " + reason(e)
                    + ". It is there for Linux (x86-64, AArch64), Windows (x86-64) and macOS (Apple silicon), and is"
                    + " unpacked into $DJL_CACHE_DIR (~/.djl.ai if that is not set), which must be writable.", e);
        }
    }

    private static String reason(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static void setDefault(String property, String value) {
        if (System.getenv(property) == null && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}

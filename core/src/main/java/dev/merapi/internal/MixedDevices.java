package dev.merapi.internal;

/**
 * Whether operators look for tensors on several devices before the engine does. On META the engine lets many pass that
 * a GPU refuses: tests of models there want to know.
 */
public final class MixedDevices {
    private static boolean refused;

    private MixedDevices() {}

    /** For all threads of a test. */
    public static void refuse(boolean on) { refused = on; }

    /** Asked by each operator: false but for tests. */
    public static boolean areRefused() { return refused; }
}

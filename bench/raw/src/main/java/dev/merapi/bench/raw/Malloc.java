package dev.merapi.bench.raw;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** glibc's malloc, told to keep what a step frees for the next one. */
final class Malloc {
    private static final int TRIM_THRESHOLD = -1;
    private static final int TOP_PAD = -2;
    private static final int MMAP_THRESHOLD = -3;

    private Malloc() {}

    static void keepFreedMemory() {
        set(MMAP_THRESHOLD, 32 << 20);                // the most that glibc allows
        set(TRIM_THRESHOLD, Integer.MAX_VALUE);
        set(TOP_PAD, 64 << 20);
    }

    @SuppressWarnings("restricted")
    private static void set(int parameter, int value) {
        var type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        var linker = Linker.nativeLinker();
        linker.defaultLookup().find("mallopt").ifPresent(mallopt -> {
            try {
                int _ = (int) linker.downcallHandle(mallopt, type).invokeExact(parameter, value);
            } catch (Throwable e) {
                throw new IllegalStateException("Could not tune malloc", e);
            }
        });
    }
}

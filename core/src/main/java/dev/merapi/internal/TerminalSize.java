package dev.merapi.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/** How wide the terminal is, which Java does not say. */
public final class TerminalSize {
    private static final int USUAL = 80;
    private static final int STDOUT = 1;
    // TIOCGWINSZ of asm-generic/ioctls.h, and of macOS's sys/ttycom.h
    private static final long LINUX = 0x5413;
    private static final long MACOS = 0x40087468;

    private TerminalSize() {}

    /** Columns of the terminal that the standard output is shown on; 80 where nobody knows, such as on Windows. */
    public static int columns() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean mac = os.startsWith("mac");
        if (!mac && !os.startsWith("linux")) return USUAL;
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(JAVA_SHORT, 4); // rows, columns, and pixels of both
            int failed = (int) ioctl().invoke(STDOUT, mac ? MACOS : LINUX, size);
            int columns = Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 1));
            return failed != 0 || columns == 0 ? USUAL : columns;
        } catch (Throwable e) { // no access to native code: a bar is not worth an error
            return USUAL;
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle ioctl() {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find("ioctl").orElseThrow(),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    }
}

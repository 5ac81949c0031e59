package dev.merapi.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What a processor says it is, such as {@code AuthenticAMD} of family 26.
 *
 * @param vendor empty where the system does not tell
 * @param family 0 where the system does not tell
 */
public record Processor(String vendor, int family) {
    private static final Pattern VENDOR = Pattern.compile("(?m)^vendor_id\\s*: *(\\S+)");
    private static final Pattern FAMILY = Pattern.compile("(?m)^cpu family\\s*: *(\\d+)");
    private static final Pattern IDENTIFIER = Pattern.compile(".*Family (\\d+) .*, (\\S+)");

    /** This machine's. */
    public static final Processor HERE = read();

    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    /**
     * Whether a virtual machine keeps from its guests how large the caches are, and oneDNN takes them for one byte: so
     * it does on AMD's, where it asks CPUID's leaf 0x8000001D alone, as Linux does. It then chooses ways that nobody
     * tests: gradients of convolutions come out wrong, and memory of others is written to.
     */
    boolean hidesCaches() { return hidesCaches(CACHES); }

    boolean hidesCaches(Path caches) {
        return vendor.equals("AuthenticAMD") && Files.isDirectory(caches.getParent())
                && !Files.exists(caches.resolve("index0"));
    }

    private static Processor read() {
        String windows = System.getenv("PROCESSOR_IDENTIFIER");
        if (windows != null) return ofIdentifier(windows);
        try {
            return ofCpuinfo(Files.readString(Path.of("/proc/cpuinfo")));
        } catch (IOException e) {
            return new Processor("", 0);
        }
    }

    /** As Linux describes it in {@code /proc/cpuinfo}. */
    static Processor ofCpuinfo(String text) {
        var vendor = VENDOR.matcher(text);
        var family = FAMILY.matcher(text);
        return vendor.find() && family.find() ? new Processor(vendor.group(1), Integer.parseInt(family.group(1)))
                : new Processor("", 0);
    }

    /** As Windows does: {@code AMD64 Family 26 Model 68 Stepping 0, AuthenticAMD}. */
    static Processor ofIdentifier(String text) {
        var found = IDENTIFIER.matcher(text);
        return found.matches() ? new Processor(found.group(2), Integer.parseInt(found.group(1)))
                : new Processor("", 0);
    }
}

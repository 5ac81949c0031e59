package dev.merapi.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the benchmark ran on.
 *
 * @param memory in bytes
 */
record Machine(String cpu, int cores, long memory, String system, String java) {
    /** This machine, now. */
    static Machine here() {
        var os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(cpuModel(), os.getAvailableProcessors(), os.getTotalMemorySize(),
                os.getName() + " " + os.getVersion() + " " + os.getArch(),
                System.getProperty("java.vendor") + " " + Runtime.version());
    }

    private static String cpuModel() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("model name")).findFirst()
                    .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse("unknown CPU");
        } catch (IOException e) {
            return "unknown CPU";                     // not Linux
        }
    }

    @Override public String toString() {
        return Report.format("%s, %d cores, %.0f GiB, %s", cpu, cores, memory / 0x1p30, system);
    }
}

package dev.merapi.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process holds, in bytes.
 *
 * @param resident of the whole process in the machine's memory; 0 where the system is not Linux
 * @param heap of Java's objects that are in use
 */
record Memory(long resident, long heap) {
    static Memory ofThisProcess() {
        System.gc();
        return new Memory(residentNow(), ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    private static long residentNow() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** From what {@link #toString} gives, without the first word. */
    static Memory parse(String numbers) {
        String[] words = numbers.split(" ");
        return new Memory(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    /** As the line protocol has it. */
    @Override public String toString() { return "memory " + resident + " " + heap; }
}

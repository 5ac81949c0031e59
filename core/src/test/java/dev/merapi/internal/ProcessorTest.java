package dev.merapi.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ProcessorTest {
    @Test void linuxAndWindowsTell() {
        String cpuinfo = """
                processor\t: 0
                vendor_id\t: AuthenticAMD
                cpu family\t: 26
                model\t\t: 2
                model name\t: AMD EPYC 9755 128-Core Processor

                processor\t: 1
                vendor_id\t: AuthenticAMD
                cpu family\t: 26
                """;
        assertEquals(new Processor("AuthenticAMD", 26), Processor.ofCpuinfo(cpuinfo));
        assertEquals(new Processor("AuthenticAMD", 25),
                Processor.ofIdentifier("AMD64 Family 25 Model 33 Stepping 2, AuthenticAMD"));
    }

    @Test void cachesAreHiddenWhereTheSystemListsNone(@TempDir Path cpu) throws IOException {
        var amd = new Processor("AuthenticAMD", 26);
        var intel = new Processor("GenuineIntel", 6);
        assertTrue(amd.hidesCaches(cpu.resolve("cache")));
        assertFalse(intel.hidesCaches(cpu.resolve("cache")));
        assertFalse(amd.hidesCaches(cpu.resolve("not-told/cache")));
        Files.createDirectories(cpu.resolve("cache/index0"));
        assertFalse(amd.hidesCaches(cpu.resolve("cache")));
    }

    @Test void whatIsNotToldIsUnknown() {
        var unknown = new Processor("", 0);
        assertEquals(unknown, Processor.ofCpuinfo("processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\n"));
        assertEquals(unknown, Processor.ofCpuinfo(""));
        assertEquals(unknown, Processor.ofIdentifier("ARMv8 (64-bit)"));
    }
}

package dev.merapi.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AtomicFilesTest {
    @TempDir Path folder;

    @Test void aFailedWriteLeavesTheOldFileAndNoOther() throws IOException {
        Path file = Files.writeString(folder.resolve("t.txt"), "old");
        assertThrows(IllegalStateException.class, () -> AtomicFiles.write(file, channel -> {
            channel.write(ByteBuffer.wrap(new byte[10]));
            throw new IllegalStateException("the tensor was closed meanwhile");
        }));
        var full = assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(file, _ -> {
            throw new IOException("No space left on device");
        }));
        assertEquals("Could not write " + file + ": No space left on device. What was there before is unchanged.",
                full.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test void anInterruptedWriteIsFinished() throws IOException {
        Path file = folder.resolve("t.txt");
        Thread.currentThread().interrupt();
        AtomicFiles.write(file, "before");
        assertTrue(Thread.interrupted());
        var times = new AtomicInteger();
        AtomicFiles.write(file, channel -> {
            channel.write(ByteBuffer.wrap("in the ".getBytes()));
            if (times.getAndIncrement() == 0) Thread.currentThread().interrupt();
            channel.write(ByteBuffer.wrap("middle".getBytes()));
        });
        assertTrue(Thread.interrupted());
        assertEquals(2, times.get());
        assertEquals("in the middle", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    /** A limit on the size of files fails a write as a full disk does, in the operating system. */
    @Test @EnabledOnOs(OS.LINUX) void theSystemsRefusalIsReportedAndLeavesTheOldFile() throws Exception {
        Path file = Files.writeString(folder.resolve("t.bin"), "old");
        var java = ProcessHandle.current().info().command().orElseThrow();
        var child = new ProcessBuilder("sh", "-c", "ulimit -f 64 && exec \"$@\"", "sh", java, "-XX:-UsePerfData", "-cp",
                System.getProperty("java.class.path"), TooLarge.class.getName(), file.toString())
                .redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes());
        assertEquals(0, child.waitFor(), output);
        assertEquals("Could not write " + file + ": File too large. What was there before is unchanged.",
                output.strip());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    /** Writes more than it may, and prints what it is told. */
    static final class TooLarge {
        public static void main(String[] args) {
            try {
                AtomicFiles.write(Path.of(args[0]), new byte[10_000_000]);
            } catch (UncheckedIOException e) {
                IO.println(e.getMessage());
            }
        }
    }

    @Test void aFileInTheFoldersPlaceIsNamed() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("runs"), "");
        var error = assertThrows(UncheckedIOException.class,
                () -> AtomicFiles.write(notAFolder.resolve("t.txt"), "new"));
        assertTrue(error.getMessage().startsWith("Could not write " + notAFolder.resolve("t.txt") + ": "
                + notAFolder + " is in the way."), error.getMessage());
    }

    @Test void ofSeveralFilesNoneIsReplacedWhenOneFails() throws IOException {
        Path first = Files.writeString(folder.resolve("first"), "old"), second = folder.resolve("second");
        var files = new LinkedHashMap<Path, AtomicFiles.Writer>();
        files.put(first, AtomicFiles.writer("new"));
        files.put(second, _ -> { throw new IOException("No space left on device"); });
        assertThrows(UncheckedIOException.class, () -> AtomicFiles.writeAll(files));
        assertEquals("old", Files.readString(first));
        assertEquals(List.of(first), files());

        files.put(second, AtomicFiles.writer("new too"));
        AtomicFiles.writeAll(files);
        assertEquals("new", Files.readString(first));
        assertEquals("new too", Files.readString(second));
    }

    @Test void threadsThatWriteOneFileDoNotMixTheirBytes() throws Exception {
        Path file = folder.resolve("t.bin");
        var threads = IntStream.range(0, 4).mapToObj(i -> Thread.ofPlatform().start(() -> {
            var bytes = new byte[100_000];
            Arrays.fill(bytes, (byte) i);
            for (int round = 0; round < 10; round++) AtomicFiles.write(file, bytes);
        })).toList();
        for (var thread : threads) thread.join();
        byte[] last = Files.readAllBytes(file);
        assertEquals(100_000, last.length);
        assertEquals(1, IntStream.range(0, last.length).map(i -> last[i]).distinct().count());
        assertEquals(List.of(file), files());
    }

    @Test void whatAKilledProcessLeftIsDeletedAndOthersFilesStay() throws Exception {
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path file = folder.resolve("t.txt");
        Files.writeString(folder.resolve("t.txt.tmp" + dead.pid() + "-1"), "half");
        Files.writeString(folder.resolve("t.txt.tmp" + ProcessHandle.current().pid() + "-999999"), "half");
        var running = Files.writeString(folder.resolve("t.txt.tmp1-1"), "the first process is still writing");
        var other = Files.writeString(folder.resolve("t.txt.tmpl"), "a template");
        AtomicFiles.write(file, "new");
        assertEquals(List.of(file, running, other), files());
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}

package dev.merapi.vision.data;

import dev.merapi.TarHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Cifar10Test {
    @TempDir Path folder;

    @Test void planesBecomePixels() throws IOException {
        write(5);
        var data = Cifar10.full(folder);
        assertEquals(10, data.train().size());
        assertEquals(2, data.test().size());
        var last = data.train().get(9);
        assertEquals(9, last.label());
        assertEquals("Image(32, 32, 3)", last.image().toString());
        assertEquals(9, last.image().at(0, 0, 0)); // red is the label, green grows along a row, blue down a column
        assertEquals(31, last.image().at(5, 31, 1));
        assertEquals(5, last.image().at(5, 31, 2));
    }

    @Test void unpacksTheArchiveOnce() throws IOException {
        write(5);
        var tar = new ByteArrayOutputStream();
        tar.write(TarHeader.of("cifar-10-batches-bin/", 0, '5'));
        for (int i = 1; i <= 5; i++) add(tar, "data_batch_" + i + ".bin");
        add(tar, "test_batch.bin");
        tar.write(new byte[1024]);
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Files.write(cache.resolve("cifar-10-binary.tar.gz"), IdxTest.gzip(tar.toByteArray()));

        assertEquals(10, Cifar10.full(cache).train().size());
        Files.delete(cache.resolve("cifar-10-binary.tar.gz"));
        assertEquals(10, Cifar10.full(cache).train().size());
    }

    @Test void aDamagedArchiveLeavesNoFolder() throws IOException {
        Path archive = folder.resolve("cifar-10-binary.tar.gz");
        Files.write(archive, IdxTest.gzip(Arrays.copyOf(TarHeader.of("a.bin", 3073, '0'), 700)));
        var error = assertThrows(IllegalArgumentException.class, () -> Cifar10.full(folder));
        assertTrue(error.getMessage().startsWith(archive + ": expected a complete tar.gz archive. Received a damaged"),
                error.getMessage());
        assertFalse(Files.exists(folder.resolve("cifar-10-batches-bin")));
    }

    @Test void damageIsNamed() throws IOException {
        write(5);
        Path file = folder.resolve("data_batch_3.bin");
        Files.write(file, new byte[3072]);
        assertEquals(file + ": expected records of 3,073 bytes, a label and 3 planes of 32x32. Received 3072 bytes; the"
                + " file is cut off, or not CIFAR-10's binary version.",
                assertThrows(IllegalArgumentException.class, () -> Cifar10.full(folder)).getMessage());
        Files.write(file, record(10));
        assertEquals(file + ": expected labels below 10. Received 10 in record 0; is it CIFAR-10's binary version?",
                assertThrows(IllegalArgumentException.class, () -> Cifar10.full(folder)).getMessage());
    }

    private void write(int trainFiles) throws IOException {
        for (int i = 1; i <= trainFiles; i++) {
            Files.write(folder.resolve("data_batch_" + i + ".bin"), join(record(2 * i - 2), record(2 * i - 1)));
        }
        Files.write(folder.resolve("test_batch.bin"), join(record(3), record(4)));
    }

    private static byte[] record(int label) {
        var record = new byte[3073];
        record[0] = (byte) label;
        for (int i = 0; i < 1024; i++) {
            record[1 + i] = (byte) label;
            record[1025 + i] = (byte) (i % 32);
            record[2049 + i] = (byte) (i / 32);
        }
        return record;
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }

    private void add(ByteArrayOutputStream tar, String name) throws IOException {
        byte[] content = Files.readAllBytes(folder.resolve(name));
        tar.write(TarHeader.of("cifar-10-batches-bin/" + name, content.length, '0'));
        tar.write(Arrays.copyOf(content, Math.ceilDiv(content.length, 512) * 512));
    }
}

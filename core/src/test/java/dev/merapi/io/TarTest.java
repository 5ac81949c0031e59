package dev.merapi.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class TarTest {
    @TempDir Path folder;

    @Test void filesComeInOrderWithTheirFolders() throws IOException {
        var found = new LinkedHashMap<String, byte[]>();
        Tar.read(archive(4096), found::put);
        assertEquals(List.of("a/x.txt", "b/x.txt"), List.copyOf(found.keySet()));
        assertEquals("abc", new String(found.get("a/x.txt")));
        assertArrayEquals(new byte[600], found.get("b/x.txt"));
    }

    @Test void damageIsNamed() throws IOException {
        Path cut = archive(1300);
        var error = assertThrows(IllegalArgumentException.class, () -> Tar.read(cut, (_, _) -> {}));
        assertEquals(cut + ": expected a complete tar.gz archive. Received a damaged one (it is cut off). Delete it and"
                + " get it again.", error.getMessage());
        Path missing = folder.resolve("none.tar.gz");
        assertEquals("Could not read " + missing + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> Tar.read(missing, (_, _) -> {})).getMessage());
    }

    /** A folder and two files, the first so many bytes of it. */
    private Path archive(int bytes) throws IOException {
        var tar = new ByteArrayOutputStream();
        tar.write(header("a/", 0, '5'));
        tar.write(header("a/x.txt", 3, '0'));
        tar.write(Arrays.copyOf("abc".getBytes(), 512));
        tar.write(header("b/x.txt", 600, '0'));
        tar.write(new byte[1024]);
        return Files.write(folder.resolve("x.tar.gz"),
                DownloadTest.gzip(Arrays.copyOf(tar.toByteArray(), bytes)));
    }

    private static byte[] header(String name, int size, char type) {
        var header = new byte[512];
        System.arraycopy(name.getBytes(), 0, header, 0, name.length());
        System.arraycopy("%011o".formatted(size).getBytes(), 0, header, 124, 11);
        header[156] = (byte) type;
        return header;
    }
}

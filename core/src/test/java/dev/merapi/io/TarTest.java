package dev.merapi.io;

import dev.merapi.TarHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    /** Each bit of the packed content counts: in the sum at the end if nowhere else. */
    @Test void noFlippedBitUnpacks() throws IOException {
        byte[] good = Files.readAllBytes(archive(4096));
        Path archive = folder.resolve("flipped.tar.gz");
        for (int bit = 8 * 10; bit < 8 * good.length; bit++) { // behind the header, whose time is free
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(archive, bad);
            Path target = folder.resolve("out" + bit);
            var error = assertThrows(IllegalArgumentException.class, () -> Tar.unpack(archive, target), "bit " + bit);
            assertTrue(error.getMessage().startsWith(archive + ": expected a complete tar.gz"), error.getMessage());
            assertFalse(Files.exists(target));
        }
        try (var left = Files.list(folder)) {
            assertEquals(Set.of("x.tar.gz", "flipped.tar.gz"),
                    left.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    @Test void noCutUnpacks() throws IOException {
        byte[] good = Files.readAllBytes(archive(4096));
        Path archive = folder.resolve("cut.tar.gz");
        for (int length = 0; length < good.length; length++) {
            Files.write(archive, Arrays.copyOf(good, length));
            assertThrows(IllegalArgumentException.class, () -> Tar.unpack(archive, folder.resolve("out")));
        }
    }

    @Test void filesOfAllFoldersLieInOne() throws IOException {
        Path twice = archive(4096);
        assertEquals(twice + ": expected a complete tar.gz archive. Received a damaged one (a second x.txt). Delete it"
                + " and get it again.", assertThrows(IllegalArgumentException.class,
                        () -> Tar.unpack(twice, folder.resolve("out"))).getMessage());
        Path one = packed(TarHeader.of("a/", 0, '5'), TarHeader.of("a/x.txt", 3, '0'), block("abc"), new byte[1024]);
        Tar.unpack(one, folder.resolve("out"));
        assertEquals("abc", Files.readString(folder.resolve("out/x.txt")));
        Tar.unpack(one, folder.resolve("out")); // as if another process had been faster
    }

    @ParameterizedTest
    @CsvSource({"'77777777777', 'it is cut off'", "'-0000000001', 'a file of the size \"-0000000001\"'",
            "'', 'a file of the size \"\"'", "'8', 'a file of the size \"8\"'"})
    void sizesAreCompared(String size, String problem) throws IOException {
        byte[] header = TarHeader.of("a", 0, '0');
        Arrays.fill(header, 124, 136, (byte) 0);
        System.arraycopy(size.getBytes(), 0, header, 124, size.length());
        TarHeader.sum(header);
        Path archive = packed(header, new byte[1024]);
        assertEquals(archive + ": expected a complete tar.gz archive. Received a damaged one (" + problem
                + "). Delete it and get it again.", assertThrows(IllegalArgumentException.class,
                        () -> Tar.unpack(archive, folder.resolve("out"))).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/..", "a\\..\\b", "."})
    void namesLeadNowhereElse(String name) throws IOException {
        Path archive = packed(TarHeader.of(name, 3, '0'), block("abc"), new byte[1024]);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tar.unpack(archive, folder.resolve("out")))
                .getMessage().contains("(a file of the name " + name + ")"));
    }

    @Test void longNamesAreWhole() throws IOException {
        String name = "folder/".repeat(30) + "größe.txt";
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        String record = " path=" + name + "\n";
        byte[] pax = ((record.getBytes(StandardCharsets.UTF_8).length + 3) + record).getBytes(StandardCharsets.UTF_8);
        for (byte[][] before : List.of(new byte[][] {TarHeader.of("././@LongLink", utf8.length + 1, 'L'), block(utf8)},
                new byte[][] {TarHeader.of("x", pax.length, 'x'), block(pax)})) {
            Path archive = packed(before[0], before[1], TarHeader.of("cut", 3, '0'), block("abc"),
                    TarHeader.of("next", 3, '0'), block("def"), new byte[1024]);
            var found = new LinkedHashMap<String, byte[]>();
            Tar.read(archive, found::put);
            assertEquals(List.of(name, "next"), List.copyOf(found.keySet()));
            assertEquals("abc", new String(found.get(name)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9 path", "0 path=a\n", "path=a\n", "99999999999 path=a\n", "2 ", "400 path=a\n", ""})
    void damagedLongNames(String records) throws IOException {
        Path archive = packed(TarHeader.of("x", records.length(), 'x'), block(records), TarHeader.of("cut", 3, '0'),
                block("abc"), new byte[1024]);
        if (records.isEmpty()) {
            Tar.read(archive, (name, _) -> assertEquals("cut", name));
        } else {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> Tar.read(archive, (_, _) -> { }))
                    .getMessage().contains("(a damaged pax header)"));
        }
    }

    /** Also where the packed bytes are whole, as in an archive that was packed after the damage. */
    @Test void noFlippedBitOfAHeaderUnpacks() throws IOException {
        byte[] good = TarHeader.of("x.txt", 3, '0');
        for (int bit = 0; bit < 8 * good.length; bit++) {
            if (bit / 8 == 154 || bit / 8 == 155) continue; // behind the sum's digits
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            if (bad[148] == ' ') continue; // for its leading zero
            Path archive = packed(bad, block("abc"), new byte[1024]);
            var error = assertThrows(IllegalArgumentException.class,
                    () -> Tar.read(archive, (_, _) -> { }), "bit " + bit);
            assertTrue(error.getMessage().contains("(a header whose checksum is wrong)"), error.getMessage());
        }
    }

    /** The sum of a name in UTF-8, as programs that take bytes as signed write it. */
    @Test void theSumMayBeOfSignedBytes() throws IOException {
        byte[] header = TarHeader.of("x", 3, '0');
        header[1] = (byte) 0xC3;
        header[2] = (byte) 0xA9;
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) sum += b;
        System.arraycopy("%06o\0".formatted(sum).getBytes(), 0, header, 148, 7);
        var found = new LinkedHashMap<String, byte[]>();
        Tar.read(packed(header, block("abc"), new byte[1024]), found::put);
        assertEquals(1, found.size());
    }

    /** Two blocks of zeros end an archive; one header that begins with a zero does not. */
    @Test void aHeaderWithoutANameIsNoEnd() throws IOException {
        byte[] damaged = TarHeader.of("b.txt", 3, '0');
        damaged[0] = 0;
        Path archive = packed(TarHeader.of("a.txt", 3, '0'), block("abc"), damaged, block("abc"), new byte[1024]);
        assertThrows(IllegalArgumentException.class, () -> Tar.read(archive, (_, _) -> { }));
    }

    @Test void longNamesHaveAPrefix() throws IOException {
        byte[] header = TarHeader.of("x.txt", 3, '0');
        System.arraycopy("ustar\00000".getBytes(), 0, header, 257, 8);
        System.arraycopy("some/folder".getBytes(), 0, header, 345, 11);
        TarHeader.sum(header);
        var found = new LinkedHashMap<String, byte[]>();
        Tar.read(packed(header, block("abc"), new byte[1024]), found::put);
        assertEquals(Set.of("some/folder/x.txt"), found.keySet());
    }

    private static byte[] block(String text) { return block(text.getBytes()); }

    private static byte[] block(byte[] content) { return Arrays.copyOf(content, 512); }

    private Path packed(byte[]... blocks) throws IOException {
        var tar = new ByteArrayOutputStream();
        for (byte[] block : blocks) tar.write(block);
        return Files.write(folder.resolve("x.tar.gz"), DownloadTest.gzip(tar.toByteArray()));
    }

    /** A folder and two files, the first so many bytes of it. */
    private Path archive(int bytes) throws IOException {
        var tar = new ByteArrayOutputStream();
        tar.write(TarHeader.of("a/", 0, '5'));
        tar.write(TarHeader.of("a/x.txt", 3, '0'));
        tar.write(Arrays.copyOf("abc".getBytes(), 512));
        tar.write(TarHeader.of("b/x.txt", 600, '0'));
        tar.write(new byte[1024]);
        return Files.write(folder.resolve("x.tar.gz"),
                DownloadTest.gzip(Arrays.copyOf(tar.toByteArray(), bytes)));
    }
}

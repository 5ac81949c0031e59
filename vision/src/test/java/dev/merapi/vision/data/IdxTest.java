package dev.merapi.vision.data;

import dev.merapi.Fuzz;
import dev.merapi.vision.Image;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class IdxTest {
    /** Two images of 2 by 3. */
    static final byte[] IMAGES = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3,
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1};
    static final byte[] LABELS = {0, 0, 8, 1, 0, 0, 0, 2, 9, 0};

    @TempDir Path folder;

    @Test void readsRawAndZippedWhateverTheName() throws IOException {
        for (byte[] content : new byte[][] {IMAGES, gzip(IMAGES)}) {
            var images = Idx.images(file(content));
            assertEquals("[Image(2, 3, 1), Image(2, 3, 1)]", images.toString());
            assertArrayEquals(new byte[] {7, 8, 9, 10, 11, -1}, images.get(1).pixels());
            assertEquals(255, images.get(1).at(1, 2, 0));
        }
        assertArrayEquals(new byte[] {9, 0}, Idx.labels(file(gzip(LABELS))));
    }

    @Test void damageIsNamed() throws IOException {
        assertMessage("expected an IDX file, which begins with 00 00 08 03. Received 48 54 54 50",
                "HTTP/1.1 404".getBytes());
        assertMessage("expected an IDX file, which begins with 00 00 08 03. Received ", new byte[0]);
        assertMessage("expected unsigned bytes (type 08). Received type 0d", with(2, 0x0D));
        assertMessage("expected 3 dimension(s), as files of images have. Received 1;"
                + " were images and labels swapped?", LABELS);
        assertMessage("expected a header of 16 bytes. Received fewer", Arrays.copyOf(IMAGES, 10));
        assertMessage("expected positive sizes. Received (2, 0, 3)", with(11, 0));
        assertMessage("expected positive sizes. Received (-2147483646, 2, 3)", with(4, 0x80));
        assertMessage("expected at most 28896 bytes. Received a header of shape (2, 570425346, 3)", with(8, 0x22));
        byte[] huge = IMAGES.clone();
        Arrays.fill(huge, 4, 16, (byte) 0x7F); // more than a long can count
        assertMessage("expected at most 28896 bytes. Received a header of shape (2139062143, 2139062143, 2139062143)",
                huge);
        assertMessage("expected at most " + 1032 * gzip(huge).length + " bytes. Received a header of shape (2139062143,"
                + " 2139062143, 2139062143)", gzip(huge));
        assertMessage("expected 12 bytes after the header for shape (2, 2, 3). Received 11: the file is cut off",
                Arrays.copyOf(IMAGES, 27));
        assertMessage("expected 12 bytes after the header for shape (2, 2, 3). Received more",
                Arrays.copyOf(IMAGES, 29));
    }

    @Test void damagedGzipIsNamed() throws IOException {
        byte[] zipped = gzip(IMAGES);
        assertMessage("expected a complete file. Received one that is cut off (Unexpected end of ZLIB input stream)",
                Arrays.copyOf(zipped, zipped.length - 12));
        zipped[zipped.length - 8] ^= 1; // the checksum
        assertMessage("expected gzipped data. Received damaged data (Corrupt GZIP trailer)", zipped);
    }

    @Test void imagesAndLabelsMustBelongTogether() throws IOException {
        var images = Idx.images(file(IMAGES));
        assertEquals("x: expected a label for each of the 2 images. Received 3 labels; do the two files belong"
                + " together?", message(() -> ImageSet.of("x", images, new byte[3], 10)));
        assertEquals("x: expected labels below 10. Received 200 for image 1",
                message(() -> ImageSet.of("x", images, new byte[] {9, (byte) 200}, 10)));
    }

    @Test void damagedFilesAreReadOrNamed() throws Exception { damage(1, 1_000); }

    @Test @Tag("proof") void manyDamagedFilesAreReadOrNamed() throws Exception { damage(2, 100_000); }

    private void damage(long seed, int count) throws Exception {
        Fuzz.of(Map.of("idx.gz", gzip(IMAGES), "idx", IMAGES)).damage("idx.gz", "idx")
                .check(folder, seed, count, at -> {
                    Idx.images(at.resolve("idx")).forEach(Image::pixels);
                    Idx.images(at.resolve("idx.gz")).forEach(Image::pixels);
                });
    }

    private Path file(byte[] content) throws IOException { return Files.write(folder.resolve("idx"), content); }

    private static byte[] with(int position, int value) {
        byte[] changed = IMAGES.clone();
        changed[position] = (byte) value;
        return changed;
    }

    static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    private void assertMessage(String expected, byte[] content) throws IOException {
        Path file = file(content);
        assertEquals(file + ": " + expected + ". Delete the file and get it again.", message(() -> Idx.images(file)));
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}

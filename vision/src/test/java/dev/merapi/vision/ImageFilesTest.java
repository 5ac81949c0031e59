package dev.merapi.vision;

import dev.merapi.Fuzz;
import dev.merapi.FuzzDamage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ImageFilesTest {
    @TempDir Path folder;

    /** A line of pictures.txt, which src/test/python/pictures.py writes. */
    record Picture(String name, byte[] file, Image expected) {
        static Picture of(String line) {
            String[] parts = line.split(" ");
            var base64 = Base64.getDecoder();
            return new Picture(parts[0], base64.decode(parts[1]), new Image(Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[3]), 3, base64.decode(parts[4])));
        }

        @Override public String toString() { return name; }
    }

    static Stream<Picture> pictures() throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(
                ImageFilesTest.class.getResourceAsStream("pictures.txt"), StandardCharsets.UTF_8))) {
            return lines.lines().map(Picture::of).toList().stream();
        }
    }

    private static byte[] file(String name) throws IOException {
        return pictures().filter(picture -> picture.name.equals(name)).findFirst().orElseThrow().file.clone();
    }

    @ParameterizedTest @MethodSource("pictures") void pixelsArePillows(Picture picture) {
        assertSameImage(picture.expected, Image.read(picture.file));
    }

    static Stream<Picture> photos() throws IOException {
        return pictures().filter(picture -> picture.name.endsWith(".jpg"));
    }

    /** Where libjpeg-turbo is not there, or finds something odd. */
    @ParameterizedTest @MethodSource("photos") void theJdksPixelsAreTheSame(Picture picture) throws IOException {
        assertTrue(Leptonica.isThere());
        assertSameImage(picture.expected, ImageFiles.decode("jpeg", Jpeg.withoutProfile(picture.file)));
    }

    @Test void filesBytesAndStreamsAreAlike() throws IOException {
        byte[] bytes = file("full.jpg");
        Path misnamed = Files.write(folder.resolve("a.png"), bytes);
        assertSameImage(Image.read(bytes), Image.read(misnamed));
        assertSameImage(Image.read(bytes), Image.read(new ByteArrayInputStream(bytes)));
    }

    @ParameterizedTest @MethodSource("pictures") void whatIsCutOffIsRefused(Picture picture) {
        int step = Math.max(1, picture.file.length / 50);
        for (int length = picture.file.length - 1; length > 0; length -= step) {
            byte[] cut = Arrays.copyOf(picture.file, length);
            Image read;
            try {
                read = Image.read(cut);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().startsWith("Image.read: expected a"), e.getMessage());
                continue;
            }
            assertSameImage(picture.expected, read); // nothing was lost but padding, or what follows the picture
        }
    }

    @Test void emptyFilesAreNamed() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.jpg"));
        assertEquals(empty + ": expected a JPEG, PNG, GIF, BMP, TIFF or WebP image. Received an empty file; replace or"
                + " remove it.", assertThrows(IllegalArgumentException.class, () -> Image.read(empty)).getMessage());
    }

    @Test void lossesOfPixelsAreNamed() throws IOException {
        byte[] jpeg = file("halved.jpg");
        assertMessage("Image.read: expected an image. Received a damaged or unsupported one of " + (jpeg.length - 80)
                + " bytes (Truncated File - Missing EOI marker); replace or remove it.",
                Arrays.copyOf(jpeg, jpeg.length - 80));
        byte[] early = Arrays.copyOf(jpeg, jpeg.length - 80);
        early[early.length - 2] = (byte) 0xFF;
        early[early.length - 1] = (byte) 0xD9; // an end, but too early
        assertMessage("Image.read: expected an image. Received a damaged or unsupported one of " + early.length
                + " bytes (Corrupt JPEG data: premature end of data segment); replace or remove it.", early);
        byte[] png = file("rgb.png");
        png[60] ^= 1;
        assertMessage("Image.read: expected an image. Received a damaged or unsupported one of " + png.length
                + " bytes (wrong checksum of the chunk at byte 33); replace or remove it.", png);
        assertMessage("Image.read: expected an image. Received a damaged or unsupported one of 100"
                + " bytes (cut off in a chunk at byte 33); replace or remove it.", Arrays.copyOf(png, 100));
        for (String name : List.of("rgb.bmp", "rgb-raw.tif")) {
            assertMessage("Image.read: expected an image. Received a damaged or unsupported one of 100"
                    + " bytes (cut off); replace or remove it.", Arrays.copyOf(file(name), 100));
        }
        assertMessage("Image.read: expected an image. Received a damaged or unsupported one of 100"
                + " bytes (cut off at byte 100 of 504); replace or remove it.",
                Arrays.copyOf(file("lossy.webp"), 100));
    }

    @Test void hugeImagesAreRefusedByTheirHeaders() throws IOException {
        byte[] png = Arrays.copyOf(file("rgb.png"), 200_000);
        ByteBuffer.wrap(png).putInt(16, 30_000).putInt(20, 30_000);
        var crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        assertTooLarge("178956970 pixels", 30_000, 30_000, png);
        assertTooLarge("1362240 pixels in a file of 165 bytes", 30_000, 30_000, Arrays.copyOf(png, 165));
        byte[] jpeg = Arrays.copyOf(file("full.jpg"), 200_000);
        int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00FF\u00C0");
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65_000).putShort(frame + 7, (short) 60_000);
        assertTooLarge("178956970 pixels", 60_000, 65_000, jpeg);
        byte[] gif = Arrays.copyOf(file("part.gif"), 200_000);
        ByteBuffer.wrap(gif).order(ByteOrder.LITTLE_ENDIAN).putShort(6, (short) 65_000).putShort(8, (short) 64_000);
        assertTooLarge("178956970 pixels", 65_000, 64_000, gif);
        byte[] bmp = Arrays.copyOf(file("rle.bmp"), 200_000);
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 20_000).putInt(22, 20_000);
        assertTooLarge("178956970 pixels", 20_000, 20_000, bmp);
        byte[] tiff = Arrays.copyOf(file("strips.tif"), 200_000);
        for (char tag : new char[] {'\u0000', '\u0001'}) { // width and height, of 16 bits
            int entry = new String(tiff, StandardCharsets.ISO_8859_1).indexOf(tag + "\u0001\u0003\0\u0001\0\0\0");
            ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN).putShort(entry + 8, (short) 40_000);
        }
        assertTooLarge("178956970 pixels", 40_000, 40_000, tiff);
        byte[] webp = Arrays.copyOf(file("lossless.webp"), 200_000);
        ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).putInt(21, 0x0FFF_FFFF);
        assertTooLarge("178956970 pixels", 16_384, 16_384, webp);
        byte[] screen = Arrays.copyOf(file("animated.webp"), 200_000);
        Arrays.fill(screen, 24, 30, (byte) 0xFF);
        assertTooLarge("178956970 pixels", 1 << 24, 1 << 24, screen);
    }

    private static void assertTooLarge(String most, int width, int height, byte[] file) {
        assertMessage("Image.read: expected an image of at most " + most + ". Received " + width + " x " + height
                + ", by its header; make it smaller, or remove it.", file);
    }

    @Test void damagedFilesAreReadOrNamed() throws Exception { damage(1, 2_000); }

    @Test @Tag("proof") void manyDamagedFilesAreReadOrNamed() throws Exception { damage(2, 100_000); }

    private void damage(long seed, int count) throws Exception {
        for (String kind : List.of(".jpg", ".png", ".gif", ".bmp", ".tif", ".webp")) {
            var good = pictures().filter(picture -> picture.name.endsWith(kind)).map(Picture::file).toList();
            Fuzz.of(Map.of("x" + kind, good.getFirst()))
                    .damage("x" + kind, (_, random) ->
                            FuzzDamage.bytes().apply(good.get(random.nextInt(good.size())), random))
                    .check(folder, seed, count / 6, at -> Image.read(at.resolve("x" + kind)));
        }
    }

    private static void assertSameImage(Image expected, Image image) {
        assertEquals(expected.toString(), image.toString());
        assertArrayEquals(expected.pixels(), image.pixels());
    }

    private static void assertMessage(String expected, byte[] file) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, () -> Image.read(file)).getMessage());
    }
}

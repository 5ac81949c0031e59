package dev.merapi.vision;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.IIOException;

/**
 * The first picture of a WebP file, which may be smaller than the screen that an animated one describes; black around
 * it, as in Pillow.
 *
 * @param file with this picture alone
 */
record Webp(int screenHeight, int screenWidth, int top, int left, byte[] file, int orientation) {
    private static final int HEADER = 12; // RIFF, the size, WEBP
    private static final int FRAME = 16; // bytes about a picture of an animation, before it
    private static final int SIGNATURE = 0x2F; // of a picture without loss

    /** What stands between a chunk's size and the next chunk. */
    private record Chunk(String kind, int start, int length) {
        /** Of those in a file, or in a picture of an animation; null behind the last. */
        static Chunk at(byte[] bytes, int start, int end) throws IIOException {
            if (start >= end) return null;
            if (end - start < 8) throw new IIOException("cut off in a chunk at byte " + start);
            int length = little(bytes).getInt(start + 4);
            if (length < 0 || length > end - start - 8) {
                throw new IIOException("cut off in a chunk at byte " + start);
            }
            return new Chunk(new String(bytes, start, 4, StandardCharsets.ISO_8859_1), start + 8, length);
        }

        /** Lengths are even. */
        int next() { return start + length + (length & 1); }
    }

    private static ByteBuffer little(byte[] bytes) { return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN); }

    static Image read(byte[] bytes) throws IIOException {
        if (!Leptonica.isThere()) {
            throw new IllegalStateException("Image.read: expected Leptonica's library on the class path, which reads"
                    + " WebP. Received none. Add org.bytedeco:leptonica with your platform as classifier.");
        }
        Webp webp = of(bytes);
        Image picture = Leptonica.webp(webp.file);
        if (picture == null) throw new IIOException("its pixels cannot be decoded");
        return Exif.upright(webp.onScreen(picture), webp.orientation);
    }

    private Image onScreen(Image picture) throws IIOException {
        if (picture.height() == screenHeight && picture.width() == screenWidth) return picture;
        if (top + picture.height() > screenHeight || left + picture.width() > screenWidth) {
            throw new IIOException("a picture outside of its screen");
        }
        var screen = new Image(screenHeight, screenWidth, 3);
        for (int y = 0; y < picture.height(); y++) {
            System.arraycopy(picture.pixels(), 3 * y * picture.width(),
                    screen.pixels(), 3 * ((top + y) * screenWidth + left), 3 * picture.width());
        }
        return screen;
    }

    private static Webp of(byte[] bytes) throws IIOException {
        if (bytes.length < HEADER) throw new IIOException("cut off");
        long size = Integer.toUnsignedLong(little(bytes).getInt(4)) + 8;
        if (size > bytes.length) throw new IIOException("cut off at byte " + bytes.length + " of " + size);
        int orientation = Exif.UPRIGHT;
        int[] screen = null; // width and height
        Chunk first = null;
        for (var chunk = Chunk.at(bytes, HEADER, (int) size); chunk != null;
                chunk = Chunk.at(bytes, chunk.next(), (int) size)) {
            switch (chunk.kind) {
                case "VP8X" -> screen = chunk.length < 10 ? null
                        : new int[] {1 + int24(bytes, chunk.start + 4), 1 + int24(bytes, chunk.start + 7)};
                case "VP8 ", "VP8L", "ANMF" -> first = first == null ? chunk : first;
                case "EXIF" -> orientation = orientation(bytes, chunk);
                default -> { } // profiles, and what others have added
            }
        }
        if (first == null) throw new IIOException("no picture");
        boolean animated = first.kind.equals("ANMF");
        Chunk pixels = animated ? pixels(bytes, first) : first;
        int[] own = size(bytes, pixels);
        int[] all = screen == null ? own : screen;
        ImageFiles.checkSize(own[0], own[1], bytes);
        ImageFiles.checkSize(all[0], all[1], bytes);
        return new Webp(all[1], all[0], animated ? 2 * int24(bytes, first.start + 3) : 0,
                animated ? 2 * int24(bytes, first.start) : 0, alone(bytes, pixels), orientation);
    }

    /** Those of a picture of an animation. */
    private static Chunk pixels(byte[] bytes, Chunk frame) throws IIOException {
        int end = frame.start + frame.length;
        for (var chunk = Chunk.at(bytes, frame.start + FRAME, end); chunk != null;
                chunk = Chunk.at(bytes, chunk.next(), end)) {
            if (chunk.kind.startsWith("VP8")) return chunk;
        }
        throw new IIOException("no picture");
    }

    /** Width and height. */
    private static int[] size(byte[] bytes, Chunk pixels) throws IIOException {
        var in = little(bytes);
        int start = pixels.start;
        if (pixels.kind.equals("VP8L") && pixels.length >= 5 && bytes[start] == SIGNATURE) {
            int bits = in.getInt(start + 1);
            return new int[] {1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)};
        }
        if (pixels.kind.equals("VP8 ") && pixels.length >= 10) {
            return new int[] {in.getShort(start + 6) & 0x3FFF, in.getShort(start + 8) & 0x3FFF};
        }
        throw new IIOException("a damaged header");
    }

    /** As a file with nothing else. */
    private static byte[] alone(byte[] bytes, Chunk pixels) {
        int padded = pixels.length + (pixels.length & 1);
        var out = new ByteArrayOutputStream(20 + padded);
        var header = little(new byte[20]).put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(12 + padded)
                .put(("WEBP" + pixels.kind).getBytes(StandardCharsets.ISO_8859_1)).putInt(pixels.length);
        out.writeBytes(header.array());
        out.write(bytes, pixels.start, pixels.length);
        if (padded > pixels.length) out.write(0);
        return out.toByteArray();
    }

    private static int int24(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16;
    }

    /** Some programs put JPEG's marker in front. */
    private static int orientation(byte[] bytes, Chunk exif) {
        boolean marked = exif.length >= 6
                && new String(bytes, exif.start, 6, StandardCharsets.ISO_8859_1).equals("Exif\0\0");
        int skipped = marked ? 6 : 0;
        return Exif.orientation(bytes, exif.start + skipped, exif.length - skipped);
    }
}

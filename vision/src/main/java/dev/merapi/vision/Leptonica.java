package dev.merapi.vision;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.leptonica.PIX;

import static org.bytedeco.leptonica.global.leptonica.L_SEVERITY_NONE;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetData;
import static org.bytedeco.leptonica.global.leptonica.pixGetDepth;
import static org.bytedeco.leptonica.global.leptonica.pixGetHeight;
import static org.bytedeco.leptonica.global.leptonica.pixGetWidth;
import static org.bytedeco.leptonica.global.leptonica.pixGetWpl;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemJpeg;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemWebP;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

/**
 * libjpeg-turbo, which decodes JPEG files to the same values as the JDK in half of the time, and libwebp: both are
 * in Leptonica's library.
 */
final class Leptonica {
    private static final boolean THERE = isLoaded();

    private Leptonica() {}

    /** Whether the platform has its library on the class path. */
    static boolean isThere() { return THERE; }

    private static boolean isLoaded() {
        try {
            setMsgSeverity(L_SEVERITY_NONE); // errors come as null
            return true;
        } catch (LinkageError e) {
            return false;
        }
    }

    /** A JPEG file of one component or three, as it is stored; null if something is wrong with it. */
    static Image jpeg(byte[] file) {
        try (var data = new BytePointer(file); var warnings = new IntPointer(1L)) {
            PIX pix = pixReadMemJpeg(data, file.length, 0, 1, warnings.put(0), 0);
            if (pix == null) return null;
            try {
                return warnings.get() == 0 ? image(pix) : null;
            } finally {
                pixDestroy(pix);
            }
        }
    }

    /** A WebP file with one picture, without its transparency; null if something is wrong with it. */
    static Image webp(byte[] file) {
        try (var data = new BytePointer(file)) {
            PIX pix = pixReadMemWebP(data, file.length);
            if (pix == null) return null;
            try {
                return image(pix);
            } finally {
                pixDestroy(pix);
            }
        }
    }

    /** Pixels lie in words of 32 bits, the first in the highest: one of red, green, blue, or four of gray. */
    private static Image image(PIX pix) {
        int height = pixGetHeight(pix), width = pixGetWidth(pix), words = pixGetWpl(pix);
        boolean gray = pixGetDepth(pix) == Byte.SIZE;
        IntPointer data = pixGetData(pix);
        var image = new Image(height, width, 3);
        var row = new int[words];
        for (int y = 0; y < height; y++) {
            data.position((long) y * words).get(row);
            if (gray) grays(row, image.pixels(), 3 * y * width, width);
            else colours(row, image.pixels(), 3 * y * width, width);
        }
        return image;
    }

    private static void colours(int[] row, byte[] pixels, int start, int width) {
        for (int x = 0, o = start; x < width; x++, o += 3) {
            int word = row[x];
            pixels[o] = (byte) (word >> 24);
            pixels[o + 1] = (byte) (word >> 16);
            pixels[o + 2] = (byte) (word >> 8);
        }
    }

    private static void grays(int[] row, byte[] pixels, int start, int width) {
        for (int x = 0, o = start; x < width; x++, o += 3) {
            byte gray = (byte) (row[x >> 2] >> 24 - 8 * (x & 3));
            pixels[o] = gray;
            pixels[o + 1] = gray;
            pixels[o + 2] = gray;
        }
    }
}

package dev.merapi.vision;

import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The class of each pixel of a picture, row by row: 0 to 254, or {@link #IGNORED}. The array is not copied; treat it as
 * constant.
 */
public record LabelMask(int height, int width, byte[] classes) {
    /** The class of pixels that count nowhere: unknown, or outside of the picture. As in Pascal VOC. */
    public static final int IGNORED = 255;

    /** @throws IllegalArgumentException if a size is not positive, or the array has another length than they say */
    public LabelMask {
        if (height < 1 || width < 1 || classes.length != (long) height * width) {
            throw new IllegalArgumentException("LabelMask: expected positive sizes, and a class for each pixel."
                    + " Received " + height + "x" + width + " and " + classes.length + " classes");
        }
    }

    /** Class 0 everywhere. */
    public LabelMask(int height, int width) { this(height, width, new byte[Math.multiplyExact(height, width)]); }

    /** The class at a pixel. */
    public int at(int y, int x) { return classes[y * width + x] & 0xFF; }

    /**
     * Reads a PNG file of one channel, whose values are classes: the index of a palette's colour, as in Pascal VOC, or
     * a level of gray. It is not turned by EXIF.
     *
     * @throws IllegalArgumentException naming the file, if it is no such picture, or has three channels or 16 bits
     * @throws java.io.UncheckedIOException if it cannot be read at all
     */
    public static LabelMask read(Path file) {
        try {
            return MaskFiles.decode(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /**
     * Writes a PNG file of Pascal VOC's palette, in which people can tell classes apart, and from which {@link #read}
     * reads the same mask.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void write(Path file) { MaskFiles.write(this, file); }

    /**
     * A colour for a class, 0xRRGGBB, in which neighbours differ: Pascal VOC's, where 0 is black and 255 nearly white.
     */
    public static int color(int label) {
        int rgb = 0;
        for (int bit = 0; bit < 8; bit++) { // the label's lowest three are red's, green's and blue's highest
            for (int c = 0; c < 3; c++) rgb |= (label >> 3 * bit + c & 1) << 16 - 8 * c + 7 - bit;
        }
        return rgb;
    }

    /** The classes as levels of gray. */
    public Image toImage() { return new Image(height, width, 1, classes); }

    /** Levels of gray as classes. */
    public static LabelMask of(Image gray) {
        if (gray.channels() == 1) return new LabelMask(gray.height(), gray.width(), gray.pixels());
        throw new IllegalArgumentException("LabelMask.of: expected one channel. Received " + gray);
    }

    /** Such as {@code LabelMask(28, 28)}. */
    @Override public String toString() { return "LabelMask(" + height + ", " + width + ")"; }
}

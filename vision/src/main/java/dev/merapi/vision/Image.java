package dev.merapi.vision;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Shapes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An image in memory, 8 bits a channel: {@code pixels} goes row by row, a pixel's channels side by side, so its shape
 * is (height, width, channels). One channel is gray, three are red, green and blue. The array is not copied; treat it
 * as constant.
 */
public record Image(int height, int width, int channels, byte[] pixels) {
    /**
     * @throws IllegalArgumentException if a size is not positive, there are neither 1 nor 3 channels, or the array has
     *     another length than they say
     */
    public Image {
        if (height < 1 || width < 1 || channels != 1 && channels != 3) {
            throw new IllegalArgumentException("Image: expected positive sizes and 1 or 3 channels. Received "
                    + Shapes.toString(height, width, channels));
        }
        if (pixels.length != (long) height * width * channels) {
            throw new IllegalArgumentException("Image: expected " + (long) height * width * channels
                    + " bytes for shape " + Shapes.toString(height, width, channels) + ". Received " + pixels.length);
        }
    }

    /** A black image. */
    public Image(int height, int width, int channels) {
        this(height, width, channels, black((long) Math.max(height, 0) * Math.max(width, 0) * channels));
    }

    private static byte[] black(long size) {
        if (size <= Integer.MAX_VALUE - 8) return new byte[(int) Math.max(size, 0)]; // what is wrong is said later
        throw new IllegalArgumentException("Image: expected at most 2 GiB. Received sizes of " + size + " bytes");
    }

    /**
     * Reads a JPEG, PNG or BMP file, or the first picture of a GIF, WebP or TIFF file, as RGB, upright by EXIF's
     * orientation. The pixels are those of Pillow's {@code convert("RGB")}: colour profiles and gamma are ignored,
     * transparency is dropped. The exception is 16-bit gray, which Pillow cuts off at 255: here the higher 8 bits are
     * kept, as both do for colours.
     *
     * @throws IllegalArgumentException naming the file, if it is no image, a damaged or truncated one, or has more than
     *     178,956,970 pixels (where Pillow stops too)
     * @throws java.io.UncheckedIOException if it cannot be read at all
     * @throws IllegalStateException for WebP, if Leptonica's library is not on the class path
     */
    public static Image read(Path file) {
        try (var in = Files.newInputStream(file)) {
            return ImageFiles.read(in, file.toString());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** As {@link #read(Path)}, from a file's bytes. */
    public static Image read(byte[] file) { return ImageFiles.decode(file, "Image.read"); }

    /**
     * As {@link #read(Path)}, from a stream, which is read to its end and left open.
     *
     * @throws IOException if the stream fails
     */
    public static Image read(InputStream file) throws IOException { return ImageFiles.read(file, "Image.read"); }

    /**
     * Writes a file: PNG, BMP or, of high quality but not exact, JPEG, by what its name ends in.
     *
     * @throws IllegalArgumentException for another name
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void write(Path file) { Pictures.write(this, file); }

    /** One channel's value, 0 to 255. */
    public int at(int y, int x, int channel) { return pixels[(y * width + x) * channels + channel] & 0xFF; }

    /** This image in three channels; a gray one is repeated. */
    public Image toRgb() {
        if (channels == 3) return this;
        var rgb = new byte[pixels.length * 3];
        for (int i = 0; i < rgb.length; i++) rgb[i] = pixels[i / 3];
        return new Image(height, width, 3, rgb);
    }

    /** This image in one channel, by the luma of ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B. */
    public Image toGray() {
        if (channels == 1) return this;
        var gray = new byte[height * width];
        for (int i = 0; i < gray.length; i++) {
            gray[i] = (byte) luma(pixels[3 * i] & 0xFF, pixels[3 * i + 1] & 0xFF, pixels[3 * i + 2] & 0xFF);
        }
        return new Image(height, width, 1, gray);
    }

    /** Luma in 16-bit fixed point, rounded: the weights add up to 65,536. */
    private static int luma(int r, int g, int b) { return (19_595 * r + 38_470 * g + 7_471 * b + 0x8000) >> 16; }

    /** This image, turned to the right by a quarter. */
    public Image rotateRight() { return Exif.upright(this, Exif.QUARTER_RIGHT); }

    /** Such as {@code Image(28, 28, 1)}. */
    @Override public String toString() { return "Image" + Shapes.toString(height, width, channels); }
}

package dev.merapi.vision;

import dev.merapi.io.FileErrors;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes image files by the JDK's readers. */
final class ImageFiles {
    private ImageFiles() {}

    static Image read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
        BufferedImage decoded;
        try {
            // In memory: ImageIO's own choice for a stream is a temporary file.
            decoded = ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException | RuntimeException e) { // a damaged file can make a JDK reader fail in either way
            throw new IllegalArgumentException(file + ": expected an image. Received a damaged or unsupported one of "
                    + bytes.length + " bytes (" + e.getMessage() + "); replace or remove it.", e);
        }
        if (decoded == null) {
            throw new IllegalArgumentException(file + ": expected a JPEG, PNG, GIF or BMP image. Received "
                    + bytes.length + " bytes of something else; replace or remove it.");
        }
        return decoded.getRaster().getNumBands() <= 2 ? gray(decoded).toRgb() : rgb(decoded);
    }

    private static Image rgb(BufferedImage decoded) {
        int height = decoded.getHeight();
        int width = decoded.getWidth();
        int[] argb = decoded.getRGB(0, 0, width, height, null, 0, width);
        var pixels = new byte[argb.length * 3];
        for (int i = 0; i < argb.length; i++) {
            pixels[3 * i] = (byte) (argb[i] >> 16);
            pixels[3 * i + 1] = (byte) (argb[i] >> 8);
            pixels[3 * i + 2] = (byte) argb[i];
        }
        return new Image(height, width, 3, pixels);
    }

    /** Reads the values as stored: for a gray image {@code getRGB} would apply a gamma curve that no file asked for. */
    private static Image gray(BufferedImage decoded) {
        if (decoded.getColorModel() instanceof IndexColorModel) return rgb(decoded);
        int height = decoded.getHeight();
        int width = decoded.getWidth();
        int shift = decoded.getColorModel().getComponentSize(0) - 8;
        int[] samples = decoded.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
        var pixels = new byte[samples.length];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (samples[i] >> shift);
        return new Image(height, width, 1, pixels);
    }
}

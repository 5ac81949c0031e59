package dev.merapi.vision;

import dev.merapi.io.AtomicFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;

/** Images as the JDK has them, and as files. */
final class Pictures {
    private static final float JPEG_QUALITY = 0.92f;

    private Pictures() {}

    /** Of three channels. */
    static BufferedImage buffered(Image image) { return buffered(image, 1); }

    /** Of three channels; each pixel becomes a square of so many. */
    static BufferedImage buffered(Image image, int factor) {
        var picture = new BufferedImage(factor * image.width(), factor * image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] pixels = image.pixels();
        var row = new int[picture.getWidth()];
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < row.length; x++) {
                int i = 3 * (y / factor * image.width() + x / factor);
                row[x] = (pixels[i] & 0xFF) << 16 | (pixels[i + 1] & 0xFF) << 8 | pixels[i + 2] & 0xFF;
            }
            picture.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return picture;
    }

    static Image image(BufferedImage picture) {
        var image = new Image(picture.getHeight(), picture.getWidth(), 3);
        int[] colors = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        for (int i = 0; i < image.pixels().length; i++) {
            image.pixels()[i] = (byte) (colors[i / 3] >> 16 - 8 * (i % 3));
        }
        return image;
    }

    /** By the file's extension. */
    static void write(Image image, Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String format = name.endsWith(".png") ? "png" : name.endsWith(".bmp") ? "bmp"
                : name.matches(".*\\.jpe?g") ? "jpeg" : null;
        if (format == null) {
            throw new IllegalArgumentException(file + ": expected a name that ends in .png, .jpg, .jpeg or .bmp.");
        }
        AtomicFiles.write(file, encoded(image, format));
    }

    private static byte[] encoded(Image image, String format) {
        var picture = picture(image);
        var writer = ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(picture), format).next();
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            var settings = writer.getDefaultWriteParam();
            if (format.equals("jpeg")) {
                settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                settings.setCompressionQuality(JPEG_QUALITY);
            }
            writer.write(null, new IIOImage(picture, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // into memory
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static BufferedImage picture(Image image) {
        if (image.channels() == 3) return buffered(image);
        var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setDataElements(0, 0, image.width(), image.height(), image.pixels());
        return picture;
    }
}

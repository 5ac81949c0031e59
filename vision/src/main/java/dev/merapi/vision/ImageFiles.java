package dev.merapi.vision;

import java.awt.image.BufferedImage;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes image files, most by the JDK's readers, to the pixels that Pillow's {@code convert("RGB")} gives after
 * {@code exif_transpose}: values as they are stored, without regard to profiles, gamma and transparency.
 */
final class ImageFiles {
    /** Twice Pillow's {@code MAX_IMAGE_PIXELS}, where Pillow refuses too. */
    static final long MAX_PIXELS = 178_956_970;

    /** What a byte can hold at most: deflate's 1032 of PNG's single bits. Other formats stay far below. */
    private static final long MAX_PIXELS_IN_BYTE = 8 * 1032;

    /** More than files of so many pixels have. */
    private static final int MAX_BYTES = 1 << 30;

    private ImageFiles() {}

    /** @param name stands for the stream in messages */
    static Image read(InputStream in, String name) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length <= MAX_BYTES) return decode(bytes, name);
        throw new IllegalArgumentException(name + ": expected an image. Received more than " + MAX_BYTES + " bytes.");
    }

    /** @param name stands for the bytes in messages */
    static Image decode(byte[] bytes, String name) {
        String format = format(bytes);
        if (format == null) {
            throw new IllegalArgumentException(name + ": expected a JPEG, PNG, GIF, BMP, TIFF or WebP image. Received "
                    + (bytes.length == 0 ? "an empty file" : bytes.length + " bytes of something else")
                    + "; replace or remove it.");
        }
        try {
            return switch (format) {
                case "webp" -> Webp.read(bytes);
                case "jpeg" -> {
                    Image fast = Jpeg.fast(bytes);
                    yield fast != null ? fast : decode(format, Jpeg.withoutProfile(bytes));
                }
                default -> decode(format, bytes);
            };
        } catch (TooLarge e) {
            throw new IllegalArgumentException(name + ": expected an image of at most " + e.most + " pixels"
                    + (e.most < MAX_PIXELS ? " in a file of " + bytes.length + " bytes" : "") + ". Received " + e.width
                    + " x " + e.height + ", by its header; make it smaller, or remove it.");
        } catch (IOException | RuntimeException e) { // a damaged file can make a JDK reader fail in either way
            throw new IllegalArgumentException(name + ": expected an image. Received a damaged or unsupported one of "
                    + bytes.length + " bytes (" + reason(e) + "); replace or remove it.", e);
        }
    }

    private static String reason(Exception e) {
        for (Throwable t = e; t != null; t = t.getCause()) if (t instanceof EOFException) return "cut off";
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** By the first bytes: a file's name may be wrong. */
    private static String format(byte[] bytes) {
        if (begins(bytes, 0xFF, 0xD8, 0xFF)) return "jpeg";
        if (begins(bytes, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) return "png";
        if (begins(bytes, 'G', 'I', 'F', '8')) return "gif";
        if (begins(bytes, 'I', 'I', 42, 0) || begins(bytes, 'M', 'M', 0, 42)) return "tiff";
        if (begins(bytes, 'R', 'I', 'F', 'F') && has(bytes, 8, 'W', 'E', 'B', 'P')) return "webp";
        return begins(bytes, 'B', 'M') ? "bmp" : null;
    }

    private static boolean begins(byte[] bytes, int... with) { return has(bytes, 0, with); }

    private static boolean has(byte[] bytes, int at, int... with) {
        if (bytes.length < at + with.length) return false;
        for (int i = 0; i < with.length; i++) if ((bytes[at + i] & 0xFF) != with[i]) return false;
        return true;
    }

    /** By a reader of the JDK. */
    static Image decode(String format, byte[] bytes) throws IOException {
        ImageReader reader = reader(format);
        try {
            // In memory: ImageIO's own choice for a stream is a temporary file.
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
            checkSize(reader.getWidth(0), reader.getHeight(0), bytes);
            return switch (format) {
                case "jpeg" -> Jpeg.read(reader, bytes);
                case "png" -> {
                    int orientation = Png.checkedOrientation(bytes);
                    yield Exif.upright(rgb(reader.read(0)), orientation);
                }
                case "gif" -> Gif.read(reader, bytes);
                case "tiff" -> Tiff.read(reader, bytes);
                default -> rgb(reader.read(0));
            };
        } finally {
            reader.dispose();
        }
    }

    /** The JDK's own: one that another library adds to ImageIO may give other pixels. */
    private static ImageReader reader(String format) {
        var readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) return reader;
        }
        throw new IllegalStateException("expected the JDK's reader of " + format + " images. Received none.");
    }

    /** Before memory is taken. */
    static void checkSize(int width, int height, byte[] file) throws TooLarge {
        long most = Math.min(MAX_PIXELS, MAX_PIXELS_IN_BYTE * file.length);
        if ((long) width * height > most) throw new TooLarge(width, height, most);
    }

    private static final class TooLarge extends IIOException {
        private static final long serialVersionUID = 1;

        private final int width;
        private final int height;
        private final long most;

        TooLarge(int width, int height, long most) {
            super(null);
            this.width = width;
            this.height = height;
            this.most = most;
        }
    }

    /** Samples as they are stored; {@code getRGB} would apply profiles and gamma curves. */
    static Image rgb(BufferedImage image) throws IIOException {
        int width = image.getWidth();
        int height = image.getHeight();
        var pixels = new byte[3 * width * height];
        switch (image.getColorModel()) {
            case IndexColorModel _ -> {
                int[] colors = image.getRGB(0, 0, width, height, null, 0, width);
                for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (colors[i / 3] >> 16 - 8 * (i % 3));
            }
            case DirectColorModel model -> {
                int[] masks = model.getMasks();
                int[] samples = image.getRaster().getPixels(0, 0, width, height, (int[]) null);
                int bands = masks.length;
                for (int i = 0; i < pixels.length; i++) {
                    int most = (1 << Integer.bitCount(masks[i % 3])) - 1;
                    pixels[i] = (byte) (samples[i / 3 * bands + i % 3] * 255 / most);
                }
            }
            default -> {
                byte[] samples = samples(image);
                int bands = image.getRaster().getNumBands();
                if (bands == 3) return new Image(height, width, 3, samples);
                for (int i = 0; i < pixels.length; i++) pixels[i] = samples[i / 3 * bands + (bands < 3 ? 0 : i % 3)];
            }
        }
        return new Image(height, width, 3, pixels);
    }

    /** All bands of a pixel side by side; of 16 bits the higher 8. */
    static byte[] samples(BufferedImage image) throws IIOException {
        Object samples = image.getRaster().getDataElements(0, 0, image.getWidth(), image.getHeight(), null);
        if (samples instanceof byte[] bytes) return bytes;
        if (!(samples instanceof short[] wide)) throw new IIOException("neither 8 nor 16 bits a channel");
        var bytes = new byte[wide.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (wide[i] >> 8);
        return bytes;
    }
}

package dev.merapi.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;

/** The first picture of a TIFF file, which the JDK decodes; what its samples mean is decided here, as Pillow does. */
final class Tiff {
    private static final int BITS = 0x0102;
    private static final int COLOURS = 0x0106;
    private static final int PALETTE = 0x0140;
    private static final int FORMAT = 0x0153;

    private static final long INDEXED = 3;
    private static final long INKS = 5;
    private static final long UNSIGNED = 1;
    private static final List<Long> KNOWN = List.of(0L, 1L, 2L, INDEXED, INKS, 6L); // gray, RGB, …, YCbCr

    private Tiff() {}

    static Image read(ImageReader reader, byte[] bytes) throws IOException {
        var tags = TiffTags.of(bytes, 0, bytes.length);
        long colours = tags.value(COLOURS, -1);
        if (!KNOWN.contains(colours)) throw new IIOException("colours of kind " + colours);
        if (tags.value(FORMAT, UNSIGNED) != UNSIGNED) throw new IIOException("neither 8 nor 16 bits a channel");
        BufferedImage decoded = reader.read(0);
        Image image = colours == INKS ? inks(decoded) : colours == INDEXED ? indexed(decoded, tags)
                : ImageFiles.rgb(decoded);
        return Exif.upright(image, Exif.orientation(bytes, 0, bytes.length));
    }

    /** Of cyan, magenta, yellow and black. */
    private static Image inks(BufferedImage decoded) throws IIOException {
        if (decoded.getRaster().getNumBands() < 4) throw new IIOException("fewer than 4 inks");
        int bands = decoded.getRaster().getNumBands();
        byte[] samples = ImageFiles.samples(decoded);
        var image = new Image(decoded.getHeight(), decoded.getWidth(), 3);
        for (int i = 0, o = 0; o < image.pixels().length; i += bands, o += 3) {
            byte black = (byte) ~samples[i + 3];
            for (int c = 0; c < 3; c++) image.pixels()[o + c] = Jpeg.scaled((byte) ~samples[i + c], black);
        }
        return image;
    }

    /** Colours of a palette have 16 bits, of which the higher 8 count. */
    private static Image indexed(BufferedImage decoded, TiffTags tags) throws IIOException {
        long[] palette = tags.values(PALETTE); // all reds, all greens, all blues
        int count = palette.length / 3, width = decoded.getWidth();
        if (count < 1 << tags.value(BITS, 1)) throw new IIOException("a palette of " + count + " colours");
        int[] indices = decoded.getRaster().getSamples(0, 0, width, decoded.getHeight(), 0, (int[]) null);
        var image = new Image(decoded.getHeight(), width, 3);
        for (int i = 0; i < image.pixels().length; i++) {
            image.pixels()[i] = (byte) (palette[i % 3 * count + indices[i / 3]] >> 8);
        }
        return image;
    }
}

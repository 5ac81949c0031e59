package dev.merapi.vision;

import dev.merapi.io.AtomicFiles;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Masks as PNG files, whose samples are classes. */
final class MaskFiles {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    private MaskFiles() {}

    /** @param name stands for the bytes in messages */
    static LabelMask decode(byte[] bytes, String name) {
        for (int i = 0; i < SIGNATURE.length; i++) {
            if (i < bytes.length && bytes[i] == SIGNATURE[i]) continue;
            throw new IllegalArgumentException(name + ": expected a mask as a PNG file. Received " + bytes.length
                    + " bytes of something else; other formats change the pixels' values.");
        }
        try {
            Png.checkedOrientation(bytes);
            return read(bytes);
        } catch (IOException | RuntimeException e) { // a damaged file can make the JDK's reader fail in either way
            throw new IllegalArgumentException(name + ": expected a mask, a PNG file of one channel of at most 8 bits."
                    + " Received " + (e instanceof IIOException && e.getMessage() != null ? e.getMessage()
                            : "a damaged file (" + e + ")"), e);
        }
    }

    private static LabelMask read(byte[] bytes) throws IOException {
        var reader = ImageIO.getImageReadersByFormatName("png").next();
        try {
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            ImageFiles.checkSize(width, height, bytes);
            var image = reader.read(0);
            var raster = image.getRaster();
            if (raster.getNumBands() != 1) throw new IIOException(raster.getNumBands() + " channels");
            int bits = image.getColorModel().getComponentSize(0);
            boolean palette = image.getColorModel() instanceof IndexColorModel;
            if (!palette && bits > 8) throw new IIOException(bits + " bits");
            int[] samples = raster.getSamples(0, 0, width, height, 0, (int[]) null);
            var classes = new byte[samples.length];
            for (int i = 0; i < classes.length; i++) classes[i] = (byte) samples[i];
            return new LabelMask(height, width, classes);
        } finally {
            reader.dispose();
        }
    }

    static void write(LabelMask mask, Path file) {
        var image = new BufferedImage(mask.width(), mask.height(), BufferedImage.TYPE_BYTE_INDEXED, palette());
        byte[] samples = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        System.arraycopy(mask.classes(), 0, samples, 0, samples.length);
        var out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", out)) throw new IllegalStateException("expected the JDK's writer of PNG.");
        } catch (IOException e) {
            throw new UncheckedIOException(e); // into memory
        }
        AtomicFiles.write(file, out.toByteArray());
    }

    private static IndexColorModel palette() {
        byte[][] colors = new byte[3][256];
        for (int i = 0; i < 256; i++) {
            int rgb = LabelMask.color(i);
            for (int c = 0; c < 3; c++) colors[c][i] = (byte) (rgb >> 16 - 8 * c);
        }
        return new IndexColorModel(8, 256, colors[0], colors[1], colors[2]);
    }
}

package dev.merapi.vision;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;

/**
 * The first picture of a GIF file, which may be smaller than the screen that the file describes.
 *
 * @param clear index of the colour around the picture: the transparent one or, as in Pillow, the first
 */
record Gif(int screenHeight, int screenWidth, int top, int left, int clear) {
    private static final int EXTENSION = 0x21;
    private static final int CONTROL = 0xF9;
    private static final int PICTURE = 0x2C;

    static Image read(ImageReader reader, byte[] bytes) throws IOException {
        Gif gif = header(bytes);
        int width = Math.max(gif.screenWidth, gif.left + reader.getWidth(0));
        int height = Math.max(gif.screenHeight, gif.top + reader.getHeight(0));
        ImageFiles.checkSize(width, height, bytes);
        BufferedImage decoded = reader.read(0);
        Image picture = ImageFiles.rgb(decoded);
        if (picture.width() == width && picture.height() == height) return picture;
        Image screen = filled(height, width, gif.clear, decoded.getColorModel());
        for (int y = 0; y < picture.height(); y++) {
            System.arraycopy(picture.pixels(), 3 * y * picture.width(),
                    screen.pixels(), 3 * ((gif.top + y) * width + gif.left), 3 * picture.width());
        }
        return screen;
    }

    private static Image filled(int height, int width, int index, ColorModel colors) {
        var screen = new Image(height, width, 3);
        if (!(colors instanceof IndexColorModel palette) || index >= palette.getMapSize()) return screen;
        byte[] color = {(byte) palette.getRed(index), (byte) palette.getGreen(index), (byte) palette.getBlue(index)};
        for (int i = 0; i < screen.pixels().length; i++) screen.pixels()[i] = color[i % 3];
        return screen;
    }

    /** Reads the blocks up to the first picture. */
    private static Gif header(byte[] bytes) throws IIOException {
        var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int clear = 0;
        int at = 13 + colors(bytes[10]);
        while (at + 10 < bytes.length) {
            int kind = bytes[at] & 0xFF;
            if (kind == PICTURE) {
                return new Gif(in.getShort(8) & 0xFFFF, in.getShort(6) & 0xFFFF,
                        in.getShort(at + 3) & 0xFFFF, in.getShort(at + 1) & 0xFFFF, clear);
            }
            if (kind != EXTENSION) {
                at++;
                continue;
            }
            boolean transparent = (bytes[at + 1] & 0xFF) == CONTROL && (bytes[at + 3] & 1) != 0;
            if (transparent) clear = bytes[at + 6] & 0xFF;
            at += 2;
            while (at < bytes.length && bytes[at] != 0) at += 1 + (bytes[at] & 0xFF); // blocks, each after its length
            at++;
        }
        throw new IIOException("no picture");
    }

    /** Bytes of a colour table. */
    private static int colors(int flags) { return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1; }
}

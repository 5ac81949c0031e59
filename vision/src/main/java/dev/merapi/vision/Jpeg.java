package dev.merapi.vision;

import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;

/**
 * A JPEG file's pixels as libjpeg and Pillow have them: by libjpeg-turbo, where its library is there, the colours are
 * usual and nothing is wrong with the file. Else the JDK decodes the components, to the same values; which colours they
 * are is decided here, for the JDK guesses otherwise and refuses some.
 *
 * @param colours what the components are
 * @param height of the picture, as it is stored
 * @param width likewise
 * @param orientation of EXIF
 */
record Jpeg(Colours colours, int height, int width, int orientation) {
    private static final int SCAN = 0xDA;
    private static final int EOI = 0xD9;
    private static final Set<Integer> NO_FRAMES = Set.of(0xC4, 0xC8, 0xCC); // tables, and a reserved one

    private enum Colours { GRAY, RGB, YCC, CMYK, YCCK }

    /** What stands between a marker, such as 0xE0, and the next. */
    private record Segment(int marker, int start, int length) {}

    /** By libjpeg-turbo, or null. */
    static Image fast(byte[] bytes) throws IIOException {
        if (!Leptonica.isThere() || !endsWell(bytes)) return null;
        Jpeg header = header(bytes);
        ImageFiles.checkSize(header.width, header.height, bytes);
        boolean usual = header.colours == Colours.GRAY || header.colours == Colours.YCC;
        Image image = usual ? Leptonica.jpeg(bytes) : null;
        return image == null ? null : Exif.upright(image, header.orientation);
    }

    /** It is cut off otherwise, or odd. */
    private static boolean endsWell(byte[] bytes) {
        return bytes[bytes.length - 2] == (byte) 0xFF && bytes[bytes.length - 1] == (byte) EOI;
    }

    static Image read(ImageReader reader, byte[] bytes) throws IOException {
        Jpeg header = header(bytes);
        var warnings = new ArrayList<String>();
        reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
        var raster = reader.readRaster(0, null);
        for (String warning : warnings) if (tellsOfLoss(warning)) throw new IIOException(warning);
        byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
        byte[] rgb = header.rgb(samples, raster.getNumBands());
        return Exif.upright(new Image(raster.getHeight(), raster.getWidth(), 3, rgb), header.orientation);
    }

    /** Not those of bytes that are skipped, or of odd headers. */
    private static boolean tellsOfLoss(String warning) {
        return warning.startsWith("Truncated") || warning.startsWith("Premature end")
                || warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous");
    }

    /** A copy whose profile the JDK passes over: it would refuse the file of a damaged one. */
    static byte[] withoutProfile(byte[] bytes) {
        byte[] copy = bytes.clone();
        for (var segment : segments(bytes)) if (segment.marker == 0xE2) copy[segment.start - 3] = (byte) 0xEF;
        return copy;
    }

    /** All before the first scan. */
    private static List<Segment> segments(byte[] bytes) {
        var segments = new ArrayList<Segment>();
        var in = ByteBuffer.wrap(bytes);
        int at = 2;
        while (at + 4 <= bytes.length && bytes[at] == (byte) 0xFF && bytes[at + 1] != (byte) SCAN) {
            int marker = bytes[at + 1] & 0xFF;
            int length = in.getShort(at + 2) & 0xFFFF;
            if (marker == 0xFF) { // fills a gap
                at++;
            } else if (length < 2 || at + 2 + length > bytes.length) {
                break;
            } else {
                segments.add(new Segment(marker, at + 4, length - 2));
                at += 2 + length;
            }
        }
        return segments;
    }

    private static Jpeg header(byte[] bytes) throws IIOException {
        boolean jfif = false;
        int adobe = -1;
        int orientation = Exif.UPRIGHT;
        byte[] components = null;
        int height = 0;
        int width = 0;
        for (var segment : segments(bytes)) {
            int start = segment.start;
            int length = segment.length;
            if (segment.marker == 0xE0 && length >= 14 && begins(bytes, start, "JFIF\0")) jfif = true;
            if (segment.marker == 0xEE && length >= 12 && begins(bytes, start, "Adobe")) {
                adobe = bytes[start + 11] & 0xFF;
            }
            if (segment.marker == 0xE1 && length >= 6 && begins(bytes, start, "Exif\0\0")) {
                orientation = Exif.orientation(bytes, start + 6, length - 6);
            }
            boolean frame = (segment.marker & 0xF0) == 0xC0 && !NO_FRAMES.contains(segment.marker);
            if (frame && length >= 6 && length >= 6 + 3 * bytes[start + 5]) {
                height = ByteBuffer.wrap(bytes).getShort(start + 1) & 0xFFFF;
                width = ByteBuffer.wrap(bytes).getShort(start + 3) & 0xFFFF;
                components = new byte[Math.max(bytes[start + 5], 0)];
                for (int i = 0; i < components.length; i++) components[i] = bytes[start + 6 + 3 * i];
            }
        }
        if (components == null) throw new IIOException("no frame header");
        return new Jpeg(colours(components, jfif, adobe), height, width, orientation);
    }

    private static boolean begins(byte[] bytes, int start, String text) {
        return new String(bytes, start, text.length(), StandardCharsets.ISO_8859_1).equals(text);
    }

    /** As in libjpeg's default_decompress_parms. */
    private static Colours colours(byte[] components, boolean jfif, int adobe) throws IIOException {
        return switch (components.length) {
            case 1 -> Colours.GRAY;
            case 3 -> !jfif && (adobe == 0 || adobe < 0 && Arrays.equals(components, new byte[] {'R', 'G', 'B'}))
                    ? Colours.RGB : Colours.YCC;
            case 4 -> adobe > 0 ? Colours.YCCK : Colours.CMYK;
            default -> throw new IIOException("expected 1, 3 or 4 components. Received " + components.length);
        };
    }

    private byte[] rgb(byte[] samples, int bands) {
        var rgb = new byte[samples.length / bands * 3];
        for (int i = 0, o = 0; o < rgb.length; i += bands, o += 3) {
            switch (colours) {
                case GRAY -> rgb[o] = rgb[o + 1] = rgb[o + 2] = samples[i];
                case RGB -> System.arraycopy(samples, i, rgb, o, 3);
                case YCC -> fromYcc(samples, i, rgb, o);
                case CMYK -> {
                    for (int c = 0; c < 3; c++) rgb[o + c] = scaled(samples[i + c], samples[i + 3]);
                }
                case YCCK -> {
                    fromYcc(samples, i, rgb, o);
                    for (int c = 0; c < 3; c++) rgb[o + c] = scaled((byte) ~rgb[o + c], samples[i + 3]);
                }
            }
        }
        return rgb;
    }

    /** JFIF's formula in libjpeg's 16-bit fixed point. */
    private static void fromYcc(byte[] in, int i, byte[] out, int o) {
        int y = in[i] & 0xFF;
        int cb = (in[i + 1] & 0xFF) - 128;
        int cr = (in[i + 2] & 0xFF) - 128;
        out[o] = clamp(y + (91_881 * cr + 0x8000 >> 16));                    // 1.402
        out[o + 1] = clamp(y + (-22_554 * cb - 46_802 * cr + 0x8000 >> 16)); // 0.34414, 0.71414
        out[o + 2] = clamp(y + (116_130 * cb + 0x8000 >> 16));               // 1.772
    }

    private static byte clamp(int value) { return (byte) Math.clamp(value, 0, 255); }

    /** Of ink that is stored inverted, as all programs do after Adobe's: ink 0 is 255, and so is white. */
    static byte scaled(byte color, byte black) {
        int white = black & 0xFF;
        int product = (255 - (color & 0xFF)) * white + 128;
        return clamp(white - ((product >> 8) + product >> 8));
    }
}

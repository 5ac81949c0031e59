package dev.merapi.vision.transform;

import dev.merapi.vision.Image;

/** The colour changes, defined as in torchvision: three are blends with a duller image, one turns the hue. */
public final class Colors {
    private Colors() {}

    /** 0 gives black, 1 the image. */
    public static Image brightness(Image image, double factor) {
        return map(image, (value, _) -> factor * value);
    }

    /** 0 gives the mean gray, 1 the image. */
    public static Image contrast(Image image, double factor) {
        byte[] gray = image.toGray().pixels();
        long sum = 0;
        for (byte g : gray) sum += g & 0xFF;
        double mean = Math.round((double) sum / gray.length);
        return map(image, (value, _) -> mean + factor * (value - mean));
    }

    /** 0 gives the gray image, 1 the image. */
    public static Image saturation(Image image, double factor) {
        if (image.channels() == 1) return image;
        byte[] gray = image.toGray().pixels();
        return map(image, (value, pixel) -> (1 - factor) * (gray[pixel] & 0xFF) + factor * value);
    }

    /** Turns the hue by a part of the circle: 0.5 gives complementary colours. */
    public static Image hue(Image image, double turn) {
        if (image.channels() == 1) return image;
        var out = new Image(image.height(), image.width(), 3);
        var rgb = new double[3];
        for (int i = 0; i < out.pixels().length; i += 3) {
            for (int c = 0; c < 3; c++) rgb[c] = image.pixels()[i + c] & 0xFF;
            turnHue(rgb, turn);
            for (int c = 0; c < 3; c++) out.pixels()[i + c] = clip(rgb[c]);
        }
        return out;
    }

    /** RGB to hue and back at the same value and chroma (Smith 1978, "Color gamut transform pairs"). */
    private static void turnHue(double[] rgb, double turn) {
        double value = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
        double chroma = value - Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
        if (chroma == 0) return;
        double sixths = value == rgb[0] ? (rgb[1] - rgb[2]) / chroma
                : value == rgb[1] ? 2 + (rgb[2] - rgb[0]) / chroma
                : 4 + (rgb[0] - rgb[1]) / chroma;
        double turned = sixths + 6 * turn;
        for (int c = 0; c < 3; c++) {
            double k = floorMod(turned + 5 - 2 * c, 6); // red peaks at 0, green at 2, blue at 4
            rgb[c] = value - chroma * Math.clamp(Math.min(k, 4 - k), 0, 1);
        }
    }

    private static double floorMod(double a, double b) { return a - b * Math.floor(a / b); }

    private interface Change {
        double apply(int value, int pixel);
    }

    private static Image map(Image image, Change change) {
        int channels = image.channels();
        var out = new Image(image.height(), image.width(), channels);
        byte[] pixels = image.pixels();
        for (int i = 0; i < pixels.length; i++) {
            out.pixels()[i] = clip(change.apply(pixels[i] & 0xFF, i / channels));
        }
        return out;
    }

    private static byte clip(double value) { return (byte) Math.clamp(Math.round(value), 0, 255); }
}

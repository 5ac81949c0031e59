package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import java.util.function.IntUnaryOperator;

/** The changes of tone that augmentation policies are made of, defined as in Pillow, beside those of {@link Colors}. */
public final class Tones {
    private Tones() {}

    /** The negative. */
    public static Image invert(Image image) { return map(image, v -> 255 - v); }

    /** The negative of what is as bright as the threshold, or brighter; 256 changes nothing. */
    public static Image solarize(Image image, double threshold) {
        return map(image, v -> v < threshold ? v : 255 - v);
    }

    /** Keeps the highest bits of each channel; 8 changes nothing. */
    public static Image posterize(Image image, int bits) {
        if (bits < 0 || bits > 8) {
            throw new IllegalArgumentException("Tones.posterize: expected 0 to 8 bits. Received " + bits);
        }
        return map(image, v -> v & -1 << 8 - bits);
    }

    /** Stretches each channel from its darkest to its brightest value over all. */
    public static Image autoContrast(Image image) {
        return byChannel(image, counts -> {
            int low = 0, high = 255;
            while (low < 255 && counts[low] == 0) low++;
            while (high > 0 && counts[high] == 0) high--;
            double scale = high > low ? 255.0 / (high - low) : 1;
            int from = high > low ? low : 0;
            return v -> Math.clamp((long) (v * scale - from * scale), 0, 255);
        });
    }

    /** Spreads the values of each channel so that all are about equally frequent. */
    public static Image equalize(Image image) {
        return byChannel(image, counts -> {
            int last = 255;
            while (last > 0 && counts[last] == 0) last--;
            int step = (image.height() * image.width() - counts[last]) / 255;
            if (step == 0) return v -> v;
            var table = new int[256];
            for (int v = 0, sum = step / 2; v < 256; v++) {
                table[v] = Math.min(sum / step, 255);
                sum += counts[v];
            }
            return v -> table[v];
        });
    }

    /** 0 gives a smoothed image, 1 the image, more a sharper one. Pixels at the edges stay. */
    public static Image sharpness(Image image, double factor) {
        int channels = image.channels();
        int row = image.width() * channels;
        byte[] pixels = image.pixels();
        var out = new Image(image.height(), image.width(), channels, pixels.clone());
        for (int y = 1; y < image.height() - 1; y++) {
            for (int i = y * row + channels; i < (y + 1) * row - channels; i++) {
                int sum = 4 * (pixels[i] & 0xFF); // the middle weighs 5, its neighbours 1 each
                for (int above = i - row; above <= i + row; above += row) {
                    for (int n = above - channels; n <= above + channels; n += channels) sum += pixels[n] & 0xFF;
                }
                int smooth = (int) (sum / 13.0 + 0.5);
                double sharp = smooth + factor * ((pixels[i] & 0xFF) - smooth);
                out.pixels()[i] = (byte) Math.clamp(Math.round(sharp), 0, 255);
            }
        }
        return out;
    }

    /** What becomes of the values of a channel, by how often each occurs. */
    private interface Curve {
        IntUnaryOperator of(int[] counts);
    }

    private static Image byChannel(Image image, Curve curve) {
        int channels = image.channels();
        byte[] pixels = image.pixels();
        var out = new Image(image.height(), image.width(), channels);
        for (int c = 0; c < channels; c++) {
            var counts = new int[256];
            for (int i = c; i < pixels.length; i += channels) counts[pixels[i] & 0xFF]++;
            var change = curve.of(counts);
            for (int i = c; i < pixels.length; i += channels) {
                out.pixels()[i] = (byte) change.applyAsInt(pixels[i] & 0xFF);
            }
        }
        return out;
    }

    private static Image map(Image image, IntUnaryOperator change) {
        var out = new Image(image.height(), image.width(), image.channels());
        for (int i = 0; i < out.pixels().length; i++) {
            out.pixels()[i] = (byte) change.applyAsInt(image.pixels()[i] & 0xFF);
        }
        return out;
    }
}

package dev.merapi.explain.picture;

import java.awt.Color;
import java.util.Arrays;

/** Red speaks for an output, blue against it, as in shap's pictures. */
final class Colours {
    static final Color FOR = new Color(0xFF0051);
    static final Color AGAINST = new Color(0x008BFB);
    static final Color TEXT = new Color(0x333333);
    static final Color FAINT = new Color(0xBBBBBB);

    private Colours() {}

    static Color of(double value) { return value >= 0 ? FOR : AGAINST; }

    /** White at 0, full at -1 and 1. */
    static Color shade(double value) {
        double strength = Math.min(1, Math.abs(value));
        var full = of(value);
        return new Color(mix(full.getRed(), strength), mix(full.getGreen(), strength), mix(full.getBlue(), strength));
    }

    private static int mix(int channel, double strength) { return (int) Math.round(255 + (channel - 255) * strength); }

    /** From blue, the least, over violet to red, the greatest: 0 to 1. */
    static Color scale(double share) {
        double t = Math.clamp(share, 0, 1);
        return new Color(between(AGAINST.getRed(), FOR.getRed(), t), between(AGAINST.getGreen(), FOR.getGreen(), t),
                between(AGAINST.getBlue(), FOR.getBlue(), t));
    }

    private static int between(int a, int b, double t) { return (int) Math.round(a + (b - a) * t); }

    /** The largest of all magnitudes but the outermost hundredth, so that one pixel does not pale the others. */
    static double range(double[] values) {
        double[] sorted = Arrays.stream(values).map(Math::abs).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0) return 1;
        double range = sorted[(int) Math.floor(0.99 * (sorted.length - 1))];
        if (range == 0) range = sorted[sorted.length - 1];
        return range == 0 ? 1 : range;
    }
}

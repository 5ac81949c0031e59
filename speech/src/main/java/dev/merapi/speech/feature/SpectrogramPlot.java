package dev.merapi.speech.feature;

import dev.merapi.plot.Figure;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** A spectrogram as a picture: time to the right, mel bands upwards, loud ones bright. */
public final class SpectrogramPlot {
    private static final int LEFT = 46; // pixels for what is written at the sides
    private static final int BOTTOM = 34;
    private static final int TOP = 10;
    private static final double RANGE = 80; // decibels from black to the brightest

    private SpectrogramPlot() {}

    /**
     * Of a clip of one channel, in mel bands.
     *
     * @throws IllegalArgumentException as {@link LogMel#forward(Audio)}
     */
    public static Figure of(Audio audio) {
        var config = MelConfig.of(audio.rate()).log(MelLog.DECIBELS);
        try (var _ = Scope.open()) {
            return of(new LogMel(config).forward(audio), audio.seconds());
        }
    }

    /**
     * Of several clips, one below the other, each with its name.
     *
     * @throws IllegalArgumentException as {@link #of(Audio)}, or for as many names as there are not clips
     */
    public static Figure of(List<Audio> clips, List<String> names) {
        Expect.that(clips.size() == names.size() && !clips.isEmpty(), "SpectrogramPlot", "a name for each clip",
                clips.size() + " clips and " + names.size() + " names");
        var parts = clips.stream().map(SpectrogramPlot::of).toList();
        int width = parts.stream().mapToInt(Figure::width).max().orElseThrow();
        int height = parts.stream().mapToInt(Figure::height).sum();
        return new Figure(width, height, g -> {
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).painter().accept(g);
                g.setColor(Color.WHITE);
                g.drawString(names.get(i), LEFT + 8, TOP + 16);
                g.translate(0, parts.get(i).height());
            }
            g.translate(0, -height);
        });
    }

    /**
     * Of levels in decibels, or on any other scale: its highest 80 are shown.
     *
     * @param levels (bands, frames)
     * @param seconds that the frames take
     */
    public static Figure of(Tensor levels, double seconds) {
        Expect.that(levels.rank() == 2 && levels.numel() > 0, "SpectrogramPlot", "levels (bands, frames)",
                levels.describe());
        var image = image(levels);
        int width = Math.clamp(image.getWidth() * 2, 400, 1600);
        int height = 240;
        return new Figure(LEFT + width + 14, TOP + height + BOTTOM, g -> paint(g, image, width, height, seconds));
    }

    private static BufferedImage image(Tensor levels) {
        int bands = (int) levels.size(0), frames = (int) levels.size(1);
        float[] values = levels.toFloats();
        float most = Float.NEGATIVE_INFINITY;
        for (float value : values) most = Math.max(most, value);
        var image = new BufferedImage(frames, bands, BufferedImage.TYPE_INT_RGB);
        for (int b = 0; b < bands; b++) {
            for (int t = 0; t < frames; t++) {
                double bright = Math.clamp(1 - (most - values[b * frames + t]) / RANGE, 0, 1);
                image.setRGB(t, bands - 1 - b, color(bright));
            }
        }
        return image;
    }

    /** Black, violet, orange, pale yellow: brighter and brighter, also for the colour-blind. */
    private static int color(double bright) {
        double red = Math.clamp(1.7 * bright - 0.15, 0, 1);
        double green = Math.clamp(2 * bright - 0.95, 0, 1);
        double blue = bright < 0.45 ? 1.1 * bright : bright < 0.8 ? 0.5 - (bright - 0.45) : 0.15 + 3 * (bright - 0.8);
        return new Color((float) red, (float) green, (float) Math.clamp(blue, 0, 1)).getRGB();
    }

    private static void paint(Graphics2D g, BufferedImage image, int width, int height, double seconds) {
        g.drawImage(image, LEFT, TOP, width, height, null);
        g.setColor(Color.DARK_GRAY);
        for (int i = 0; i <= 4; i++) {
            int x = LEFT + width * i / 4;
            g.drawLine(x, TOP + height, x, TOP + height + 4);
            g.drawString(String.format(Locale.ROOT, "%.2f s", seconds * i / 4), x - 16, TOP + height + 18);
        }
        g.drawString("mel", 8, TOP + 12);
    }
}

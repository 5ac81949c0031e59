package dev.merapi.play.env;

import dev.merapi.io.AtomicFiles;
import dev.merapi.tensor.Expect;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Keeps what episodes look like: {@code episode-000.gif} and so on in a folder, and beside each a PNG with pictures of
 * it in a row.
 *
 * @param <A> an action
 */
public final class Recorder<A> extends Wrapper<A> {
    private static final int LONGEST = 1000; // pictures in a film
    private static final int STRIP = 8; // in a row

    private final Path folder;
    private final int hundredths;
    private final List<BufferedImage> frames = new ArrayList<>();
    private int episode;

    /** At 20 pictures a second. */
    public Recorder(Env<A> inner, Path folder) { this(inner, folder, 5); }

    /** @param hundredths of a second that a step is shown */
    public Recorder(Env<A> inner, Path folder, int hundredths) {
        super(inner);
        Expect.atLeast("Recorder.hundredths", 1, hundredths);
        this.folder = folder;
        this.hundredths = hundredths;
    }

    @Override public float[] reset(long seed) {
        frames.clear();
        float[] observation = inner.reset(seed);
        frames.add(inner.render());
        return observation;
    }

    @Override public Step step(A action) {
        var step = inner.step(action);
        if (frames.size() < LONGEST) frames.add(inner.render());
        if (step.isOver()) write();
        return step;
    }

    private void write() {
        String name = "episode-%03d".formatted(episode++);
        AnimatedGif.write(folder.resolve(name + ".gif"), frames, hundredths);
        int shown = Math.min(STRIP, frames.size());
        var first = frames.getFirst();
        int gap = 4;
        var strip = new BufferedImage(shown * (first.getWidth() + gap), first.getHeight(), BufferedImage.TYPE_INT_RGB);
        var graphics = strip.createGraphics();
        for (int i = 0; i < shown; i++) {
            var frame = frames.get(shown == 1 ? 0 : i * (frames.size() - 1) / (shown - 1));
            graphics.drawImage(frame, i * (first.getWidth() + gap), 0, null);
        }
        graphics.dispose();
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(strip, "png", bytes);
        } catch (IOException e) {
            throw new AssertionError("writing to memory", e);
        }
        AtomicFiles.write(folder.resolve(name + ".png"), bytes.toByteArray());
    }
}

package dev.merapi.train;

import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Shows on the console how a fit goes: on a terminal a bar with loss, speed and the time left, elsewhere one line for
 * each epoch, and within long ones the bar once a minute.
 *
 * <pre>
 * epoch 3/10 [############........] 281/469  loss 0.3127  112 steps/s  0:02 left
 * epoch 3/10  train_loss 0.3311  loss 0.2954  accuracy 0.9152  4.4 s
 * </pre>
 */
public final class Progress implements Listener {
    private static final int WIDTH = 20;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final long LINE_NANOS = 60_000_000_000L; // where lines stay
    private static final double SMOOTHING = 0.98; // of the loss that the bar shows

    private final PrintStream out;
    private final boolean terminal;
    private final long every; // nanoseconds
    private Start start;
    private long firstStep = -1;
    private long began;
    private long drawn;
    private double loss;
    private int lastLength;

    /** On standard output. */
    public Progress() { this(System.out, System.console() != null && System.console().isTerminal()); }

    /**
     * On any stream.
     *
     * @param terminal whether a line may be drawn over
     */
    public Progress(PrintStream out, boolean terminal) { this(out, terminal, terminal ? REDRAW_NANOS : LINE_NANOS); }

    Progress(PrintStream out, boolean terminal, long every) {
        this.out = out;
        this.terminal = terminal;
        this.every = every;
    }

    @Override public void start(Start start) {
        this.start = start;
        firstStep = -1;
        if (start.step() == 0) return;
        out.println(start.epochsDone() == start.epochs() ? "nothing left to train: all epochs are done"
                : "resumed at step " + start.step() + " in epoch " + (start.epochsDone() + 1));
    }

    @Override public void step(Step step) {
        long now = System.nanoTime();
        if (firstStep < 0) { // the first step is slow: time begins after it
            firstStep = step.step();
            began = now;
            drawn = now;
            loss = step.loss();
            return;
        }
        loss = SMOOTHING * loss + (1 - SMOOTHING) * step.loss();
        if (now - drawn < every) return;
        drawn = now;
        String bar = bar(step, (step.step() - firstStep) * 1e9 / (now - began));
        if (terminal) draw(bar);
        else out.println(bar);
    }

    private String bar(Step step, double stepsPerSecond) {
        long total = start.stepsPerEpoch();
        int filled = (int) (WIDTH * step.stepInEpoch() / total);
        long left = start.epochs() * total - step.step();
        return String.format(Locale.ROOT, "epoch %d/%d [%s%s] %d/%d  loss %.4f  %s steps/s  %s left", step.epoch(),
                start.epochs(), "#".repeat(filled), ".".repeat(WIDTH - filled), step.stepInEpoch(), total, loss,
                threeDigits(stepsPerSecond), clock(left / stepsPerSecond));
    }

    @Override public void epoch(Epoch epoch) {
        String values = epoch.values().entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.4f", e.getKey(), e.getValue()))
                .collect(Collectors.joining("  "));
        draw("");
        out.printf(Locale.ROOT, "epoch %d/%d  %s  %.1f s%n", epoch.epoch(), start.epochs(), values, epoch.seconds());
    }

    @Override public void end() { draw(""); }

    /** Draws over the current line. */
    private void draw(String line) {
        if (!terminal) return;
        out.print("\r" + line + " ".repeat(Math.max(0, lastLength - line.length())) + (line.isEmpty() ? "\r" : ""));
        out.flush();
        lastLength = line.length();
    }

    private static String threeDigits(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }

    private static String clock(double seconds) {
        long s = Math.round(seconds);
        return s < 3600 ? "%d:%02d".formatted(s / 60, s % 60) : "%d:%02d:%02d".formatted(s / 3600, s / 60 % 60, s % 60);
    }
}

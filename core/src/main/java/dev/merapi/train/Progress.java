package dev.merapi.train;

import dev.merapi.internal.TerminalSize;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Shows on the console how a fit goes: on a terminal a bar with loss, speed and the time left, elsewhere one line for
 * each epoch, and within long ones the bar once a minute. On a narrow terminal it says less.
 *
 * <pre>
 * epoch 3/10 [############........] 281/469  loss 0.3127  112 steps/s  0:02 left
 * epoch 3/10  train_loss 0.3311  loss 0.2954  accuracy 0.9152  4.4 s
 * </pre>
 */
public final class Progress implements Listener {
    private static final int WIDTH = 20; // of the bar
    private static final int NARROWEST = 5;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final long LINE_NANOS = 60_000_000_000L; // where lines stay
    private static final double SMOOTHING = 0.98; // of the loss that the bar shows

    private final PrintStream out;
    private final boolean terminal;
    private final long every; // nanoseconds
    private final LongSupplier clock; // nanoseconds
    private final IntSupplier columns;
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
    public Progress(PrintStream out, boolean terminal) { this(out, terminal, System::nanoTime, TerminalSize::columns); }

    Progress(PrintStream out, boolean terminal, LongSupplier clock, IntSupplier columns) {
        this.out = out;
        this.terminal = terminal;
        this.every = terminal ? REDRAW_NANOS : LINE_NANOS;
        this.clock = clock;
        this.columns = columns;
    }

    @Override public void start(Start start) {
        this.start = start;
        firstStep = -1;
        if (start.step() == 0) return;
        out.println(isDone(start) ? "nothing left to train: all epochs are done"
                : "resumed at step " + start.step() + " in epoch " + (start.epochsDone() + 1));
    }

    private static boolean isDone(Start start) {
        return start.epochsDone() == start.epochs().orElse(-1) || start.step() == start.steps().orElse(-1);
    }

    @Override public void step(Step step) {
        long now = clock.getAsLong();
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

    /** On a narrow terminal the bar is shorter, then the speed goes, then the bar; a longer line would not be one. */
    private String bar(Step step, double stepsPerSecond) {
        long total = total(step);
        String head = head(step.epoch()) + " ";
        String place = step.stepInEpoch() + (total < Long.MAX_VALUE ? "/" + total : "") + "  loss " + fixed(loss);
        String speed = "  " + threeDigits(stepsPerSecond) + " steps/s";
        String left = start.steps().isEmpty() ? ""
                : "  " + clock((start.steps().getAsLong() - step.step()) / stepsPerSecond) + " left";
        int room = (terminal ? columns.getAsInt() - 1 : Integer.MAX_VALUE) - head.length() - place.length()
                - left.length() - 3; // "[] ", and a column for the cursor
        if (room < speed.length() + NARROWEST) speed = "";
        int width = Math.min(WIDTH, room - speed.length());
        if (width < NARROWEST) return cut(head + place + left);
        if (total == Long.MAX_VALUE) return head + place + speed + left;
        int filled = (int) (width * step.stepInEpoch() / total);
        return head + "[" + "#".repeat(filled) + ".".repeat(width - filled) + "] " + place + speed + left;
    }

    private String head(int epoch) {
        return "epoch " + epoch + (start.epochs().isEmpty() ? "" : "/" + start.epochs().getAsInt());
    }

    /** Steps in the running epoch, of which a run's last may have fewer; {@code MAX_VALUE} where nobody knows. */
    private long total(Step step) {
        long left = start.steps().orElse(Long.MAX_VALUE) - (step.step() - step.stepInEpoch());
        return Math.min(start.stepsPerEpoch().orElse(Long.MAX_VALUE), start.steps().isEmpty() ? Long.MAX_VALUE : left);
    }

    private String cut(String line) {
        return terminal ? line.substring(0, Math.clamp(columns.getAsInt() - 1L, 0, line.length())) : line;
    }

    private static String fixed(double value) { return String.format(Locale.ROOT, "%.4f", value); }

    @Override public void epoch(Epoch epoch) {
        String values = epoch.values().entrySet().stream()
                .map(e -> e.getKey() + " " + fixed(e.getValue()))
                .collect(Collectors.joining("  "));
        draw("");
        out.printf(Locale.ROOT, "%s  %s  %.1f s%n", head(epoch.epoch()), values, epoch.seconds());
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

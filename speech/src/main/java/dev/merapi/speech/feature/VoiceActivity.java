package dev.merapi.speech.feature;

import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;

/**
 * Where somebody speaks, by the energy of frames of 10 ms: those that are loud enough, with short pauses bridged and
 * clicks left out.
 *
 * <pre>{@code
 * for (var spurt : VoiceActivity.DEFAULT.find(audio)) IO.println(spurt.start() + " to " + spurt.end());
 * }</pre>
 *
 * @param range decibels below the loudest frame that still count as speech
 * @param floor decibels of the full scale below which nothing does
 * @param pause seconds of silence that do not end a spurt
 * @param least seconds that a spurt takes at least
 * @param margin seconds that are added at both ends
 */
public record VoiceActivity(double range, double floor, double pause, double least, double margin) {
    /** 35 dB below the loudest, never below −60 dB; pauses up to 0.3 s; margins of 0.1 s. */
    public static final VoiceActivity DEFAULT = new VoiceActivity(35, -60, 0.3, 0.05, 0.1);

    private static final double STEP = 0.01;

    /**
     * Speech without a pause.
     *
     * @param start in seconds
     * @param end in seconds
     */
    public record Spurt(double start, double end) {}

    /** @throws IllegalArgumentException for a range or time below 0 */
    public VoiceActivity {
        Expect.atLeast("VoiceActivity.range", 0, range);
        Expect.that(floor <= 0, "VoiceActivity.floor", "decibels of the full scale, at most 0", floor);
        Expect.atLeast("VoiceActivity.pause", 0, pause);
        Expect.atLeast("VoiceActivity.least", 0, least);
        Expect.atLeast("VoiceActivity.margin", 0, margin);
    }

    /** The spurts of a clip of one channel, in order; none in silence. */
    public List<Spurt> find(Audio audio) {
        double[] levels = levels(audio);
        double loudest = Double.NEGATIVE_INFINITY;
        for (double level : levels) loudest = Math.max(loudest, level);
        double threshold = Math.max(loudest - range, floor);
        var raw = new ArrayList<Spurt>();
        for (int i = 0; i < levels.length; i++) {
            if (levels[i] <= threshold) continue;
            double start = i * STEP;
            boolean goesOn = !raw.isEmpty() && start - raw.getLast().end() <= pause + 1e-9;
            raw.add(new Spurt(goesOn ? raw.removeLast().start() : start, start + STEP));
        }
        raw.removeIf(spurt -> spurt.end() - spurt.start() < least - 1e-9);
        return widened(raw, audio.seconds());
    }

    private List<Spurt> widened(List<Spurt> spurts, double seconds) {
        var wide = new ArrayList<Spurt>();
        for (var spurt : spurts) {
            double start = Math.max(0, spurt.start() - margin);
            boolean touches = !wide.isEmpty() && start <= wide.getLast().end();
            wide.add(new Spurt(touches ? wide.removeLast().start() : start, Math.min(seconds, spurt.end() + margin)));
        }
        return List.copyOf(wide);
    }

    /** The clip from the first spurt to the last, as it is if there is none. */
    public Audio trim(Audio audio) {
        var spurts = find(audio);
        return spurts.isEmpty() ? audio : audio.slice(spurts.getFirst().start(), spurts.getLast().end());
    }

    /** Decibels of the full scale of each frame. */
    static double[] levels(Audio audio) {
        float[] samples = audio.samples();
        int step = Math.max(1, (int) Math.round(audio.rate() * STEP));
        var levels = new double[Math.ceilDiv(samples.length, step)];
        for (int i = 0; i < levels.length; i++) {
            int end = Math.min(samples.length, (i + 1) * step);
            double sum = 0;
            for (int t = i * step; t < end; t++) sum += (double) samples[t] * samples[t];
            levels[i] = 10 * Math.log10(sum / (end - i * step));
        }
        return levels;
    }
}

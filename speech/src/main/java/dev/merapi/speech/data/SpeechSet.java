package dev.merapi.speech.data;

import dev.merapi.io.FileErrors;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.tensor.Expect;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Recordings, and what was left out of them.
 *
 * @param utterances in the order of their files
 * @param skipped what was wrong with each one left out
 */
public record SpeechSet(List<Utterance> utterances, List<String> skipped) {
    private static final int BLOCK = 1 << 16;

    /** Copies the lists. */
    public SpeechSet {
        utterances = List.copyOf(utterances);
        skipped = List.copyOf(skipped);
    }

    /** How long all of it takes. */
    public double seconds() { return utterances.stream().mapToDouble(Utterance::seconds).sum(); }

    /**
     * Those that pass a check, which throws at others.
     *
     * @throws IllegalArgumentException what the check throws, unless they are skipped, or if none is left
     * @throws UncheckedIOException likewise
     */
    public SpeechSet checked(BadClip bad, Consumer<Utterance> check) {
        return mapped(bad, utterance -> {
            check.accept(utterance);
            return utterance;
        });
    }

    /** Those that a function takes, as it returns them; throws as {@link #checked}. */
    public SpeechSet mapped(BadClip bad, Function<Utterance, Utterance> function) {
        var kept = new ArrayList<Utterance>();
        var out = new ArrayList<>(skipped);
        for (var utterance : utterances) {
            try {
                kept.add(function.apply(utterance));
            } catch (IllegalArgumentException | UncheckedIOException e) {
                if (bad == BadClip.FAIL) throw e;
                out.add(e.getMessage());
            }
        }
        if (kept.isEmpty()) {
            throw Expect.error("SpeechSet", "at least one usable recording", out.isEmpty() ? "none" : "none of "
                    + out.size() + ", the first because: " + out.getFirst());
        }
        return new SpeechSet(kept, out);
    }

    /**
     * The same with durations, and with every file read to its end once, unless a table told its duration: so those
     * that are damaged, empty or silent are found now and not in the middle of training.
     */
    public SpeechSet measured(BadClip bad) {
        return mapped(bad, utterance -> utterance.seconds() > 0 ? utterance
                : utterance.seconds(seconds(utterance.audio())));
    }

    private static double seconds(Path file) {
        return FileErrors.naming(file, () -> {
            try (var stream = AudioStream.open(file)) {
                long length = 0;
                float peak = 0;
                for (Audio block = stream.read(BLOCK); block.length() > 0; block = stream.read(BLOCK)) {
                    length += block.length();
                    peak = Math.max(peak, block.peak());
                }
                Expect.that(length > 0, "Audio", "at least one sample", "none: the file is empty");
                Expect.that(peak > 0, "Audio", "sound", "silence: every sample is 0");
                return (double) length / stream.rate();
            }
        });
    }
}

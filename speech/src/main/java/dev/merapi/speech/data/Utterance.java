package dev.merapi.speech.data;

import dev.merapi.tensor.Expect;
import java.nio.file.Path;

/**
 * A recording with what is said in it.
 *
 * @param audio the file
 * @param text what is said
 * @param seconds how long it takes, or 0 where nobody said
 * @param speaker who says it; empty where nobody said
 */
public record Utterance(Path audio, String text, double seconds, String speaker) {
    /** @throws IllegalArgumentException for a duration below 0 */
    public Utterance { Expect.atLeast("Utterance.seconds", 0, seconds); }

    /** The same with another text. */
    public Utterance text(String text) { return new Utterance(audio, text, seconds, speaker); }

    /** The same with another duration. */
    public Utterance seconds(double seconds) { return new Utterance(audio, text, seconds, speaker); }
}

package dev.merapi.speech.whisper;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;

/**
 * How a Whisper writes. Start from {@link #DEFAULT}:
 *
 * <pre>{@code
 * var german = WhisperOptions.DEFAULT.language("de").beams(5);
 * }</pre>
 */
public record WhisperOptions(
        @Describe("code of the spoken language, such as en; empty to find out") String language,
        @Describe("whether the text is to be English, whatever is spoken") boolean translate,
        @Describe("whether sentences get their times; without, each window of 30 seconds is one text") boolean times,
        @Describe("how many texts a beam search follows at once; 1 for none") int beams,
        @Describe("whether a window is written again, hotter, where its text repeats itself or is unlikely, and"
                + " silence has none") boolean fallback) {
    /** Any language, as it is spoken, with times, the likeliest token each time. */
    public static final WhisperOptions DEFAULT = new WhisperOptions("", false, true, 1, true);

    public WhisperOptions {
        Expect.atLeast("WhisperOptions.beams", 1, beams);
    }

    /** The same for a language; empty to find out. */
    public WhisperOptions language(String code) { return new WhisperOptions(code, translate, times, beams, fallback); }

    /** The same with an English text, or one in the language. */
    public WhisperOptions translate(boolean on) { return new WhisperOptions(language, on, times, beams, fallback); }

    /** The same with times, or without. */
    public WhisperOptions times(boolean on) { return new WhisperOptions(language, translate, on, beams, fallback); }

    /** The same by a search of so many beams. */
    public WhisperOptions beams(int count) { return new WhisperOptions(language, translate, times, count, fallback); }

    /** The same that writes failing windows again, or does not. */
    public WhisperOptions fallback(boolean on) { return new WhisperOptions(language, translate, times, beams, on); }
}

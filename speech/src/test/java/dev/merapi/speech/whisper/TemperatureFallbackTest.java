package dev.merapi.speech.whisper;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** When a window is written again; by hand. */
class TemperatureFallbackTest {
    private static final String WORDS = "The quick brown fox jumps over the lazy dog.";

    private final List<Double> tried = new ArrayList<>();

    /** Attempts are numbered from 0, and their ids are their number alone. */
    private long[] write(double noSpeech, List<String> texts, List<Double> likelihoods) {
        var fallback = new TemperatureFallback(ids -> texts.get((int) ids[0]), ids -> likelihoods.get((int) ids[0]));
        return fallback.write(temperature -> {
            tried.add(temperature);
            return new long[] {tried.size() - 1};
        }, noSpeech);
    }

    @Test void aLikelyTextIsTakenAtOnce() {
        assertArrayEquals(new long[] {0}, write(0.9, List.of(WORDS), List.of(-0.9)));
        assertEquals(List.of(0.0), tried);
    }

    @Test void repetitionsAndUnlikelyTextsAreWrittenHotter() {
        assertArrayEquals(new long[] {2}, write(0, List.of("no no ".repeat(40), WORDS, WORDS),
                List.of(-0.1, -1.5, -0.5)));
        assertEquals(List.of(0.0, 0.2, 0.4), tried);
    }

    @Test void theLastIsTakenWhateverItIs() {
        assertArrayEquals(new long[] {5}, write(0.5, List.of(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS),
                List.of(-2.0, -2.0, -2.0, -2.0, -2.0, -2.0)));
        assertEquals(List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0), tried);
    }

    @Test void silenceHasNoText() {
        assertArrayEquals(new long[0], write(0.7, List.of(WORDS), List.of(-1.1)));
        assertEquals(List.of(0.0), tried);
    }

    /** As {@code len(b) / len(zlib.compress(b))} in Python: 240 / 17, and 44 / 52. */
    @Test void repetitionsCompressWell() {
        assertTrue(TemperatureFallback.compression("no no ".repeat(40)) > 10);
        assertEquals(44 / 52.0, TemperatureFallback.compression(WORDS), 0.05);
    }
}

package dev.merapi.speech.decode;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class WordAlignmentTest {
    @Test void errorsAreShown() {
        var words = WordAlignment.of("press the pound key", "press a pound key now");
        assertEquals("""
                said  press the pound key ***
                heard press a   pound key now
                            S             I""", words.toString());
        assertEquals(0.5, words.rate());
        assertEquals(1, words.substitutions());
        assertEquals(1, words.insertions());
        assertEquals(0, words.deletions());
    }

    @Test void whatIsLeftOutCounts() {
        var words = WordAlignment.of("one two three", "two");
        assertEquals(2, words.deletions());
        assertEquals(2 / 3.0, words.rate());
        assertEquals(1, WordAlignment.of("one", "").rate());
        assertEquals(Double.NaN, WordAlignment.of("", "one").rate());
        assertEquals(1, WordAlignment.of("", "one").errors());
    }

    /** kitten becomes sitting by 3 changes (Levenshtein's usual example). */
    @Test void charactersAreCompared() {
        assertEquals(3, WordAlignment.ofCharacters("kitten", "sitting").errors());
        assertEquals(3 / 6.0, WordAlignment.ofCharacters("kitten", "sitting").rate());
    }

    @Test void ratesAreOfAllThatWasSaid() {
        var rate = ErrorRate.words();
        rate.update(List.of("a b"), List.of("a b c d"));
        var other = ErrorRate.words();
        other.update(List.of("x"), List.of("y"));
        rate.merge(other.state());
        assertEquals(3 / 5.0, rate.value());
        assertEquals("wer", rate.name());
        rate.reset();
        assertEquals(Double.NaN, rate.value());
        assertEquals("cer: expected 1 texts heard, as were said. Received 0",
                assertThrows(IllegalArgumentException.class,
                        () -> ErrorRate.characters().update(List.of(), List.of("a"))).getMessage());
    }
}

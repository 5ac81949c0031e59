package dev.merapi.io;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class NearestTest {
    private static final List<String> COLUMNS = List.of("id", "review", "stars");

    /** The distances of Levenshtein 1966, whose example "kitten" to "sitting" everybody repeats. */
    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "text, text, 0", "'', abc, 3", "flaw, lawn, 2"})
    void theDistanceCountsLetters(String a, String b, int edits) {
        assertEquals(edits, Nearest.distance(a, b));
        assertEquals(edits, Nearest.distance(b, a));
    }

    @ParameterizedTest
    @CsvSource({"reviews, review", "REVIEW, review", "star, stars", "ID, id", "i, id", "satrs, stars", "text, ",
        "label, ", "x, ", "di, "})
    void onlyWhatIsNearIsGuessed(String word, String guess) {
        assertEquals(Optional.ofNullable(guess), Nearest.near(word, COLUMNS));
    }

    @Test void aLongWordIsNoSlip() {
        assertEquals(Optional.empty(), Nearest.near("a".repeat(10_000_000), List.of("a".repeat(10_000_000))));
    }
}

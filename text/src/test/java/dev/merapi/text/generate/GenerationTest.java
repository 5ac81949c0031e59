package dev.merapi.text.generate;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class GenerationTest {
    @Test void copiesChangeOneSettingEach() {
        var all = Generation.DEFAULT.maxTokens(1).topK(2).topP(0.3).minP(0.4).repetitionPenalty(5).presencePenalty(6)
                .frequencyPenalty(7).noRepeatNgram(8).stop("a", "b").stopIds(9, 10).seed(11).beams(12)
                .lengthPenalty(13).earlyStopping(true);
        assertEquals(new Generation(1, 0, 2, 0.3, 0.4, 5, 6, 7, 8, List.of("a", "b"), List.of(9L, 10L), 11, 12, 13,
                true), all);
        assertEquals(new Generation(128, 0.7, 0, 1, 0, 1, 0, 0, 0, List.of(), List.of(), 1337, 1, 1, false),
                Generation.DEFAULT.temperature(0.7));
    }

    @Test void aRecordKeepsItsLists() {
        var stop = new ArrayList<>(List.of("a"));
        var options = new Generation(1, 0, 0, 1, 0, 1, 0, 0, 0, stop, List.of(), 0, 1, 1, false);
        stop.add("b");
        assertEquals(List.of("a"), options.stop());
    }

    @Test void whatIsWrongIsSaid() {
        assertMessage("Generation.maxTokens: expected at least 1. Received 0.", () -> Generation.DEFAULT.maxTokens(0));
        assertMessage("Generation.temperature: expected at least 0. Received -1.0.",
                () -> Generation.DEFAULT.temperature(-1));
        assertMessage("Generation.temperature: expected at least 0. Received NaN.",
                () -> Generation.DEFAULT.temperature(Double.NaN));
        assertMessage("Generation.topK: expected at least 1, or 0 for all tokens. Received -5.",
                () -> Generation.DEFAULT.topK(-5));
        assertMessage("Generation.topP: expected above 0, and 1 at most. Received 0.0.",
                () -> Generation.DEFAULT.topP(0));
        assertMessage("Generation.minP: expected a probability from 0 to 1. Received 2.0.",
                () -> Generation.DEFAULT.minP(2));
        assertMessage("Generation.repetitionPenalty: expected above 0, with 1 for none. Received 0.0.",
                () -> Generation.DEFAULT.repetitionPenalty(0));
        assertMessage("Generation.presencePenalty: expected a number. Received Infinity.",
                () -> Generation.DEFAULT.presencePenalty(Double.POSITIVE_INFINITY));
        assertMessage("Generation.noRepeatNgram: expected at least 1, or 0 for no rule. Received -1.",
                () -> Generation.DEFAULT.noRepeatNgram(-1));
        assertMessage("Generation.stop: expected texts of at least one character. Received [a, ].",
                () -> Generation.DEFAULT.stop("a", ""));
        assertMessage("Generation.stopIds: expected token ids from 0. Received [-1].",
                () -> Generation.DEFAULT.stopIds(-1));
        assertMessage("Generation.beams: expected at least 1. Received 0.", () -> Generation.DEFAULT.beams(0));
        assertMessage("Generation.beams: expected 1 with a temperature, or temperature 0. Received 4.",
                () -> Generation.DEFAULT.temperature(1).beams(4));
    }

    private static void assertMessage(String expected, Runnable run) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, run::run).getMessage());
    }
}

package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Tokens of several rows at once, each by its own options; {@link LogitsProcessorTest} has PyTorch's values. */
class TokenSamplerTest {
    private static final Generation DRAWN = Generation.DEFAULT.temperature(1);

    private static Tensor logits(double... probabilities) {
        return Tensor.of(probabilities, 1, probabilities.length).log().add(3).to(DType.FLOAT32);
    }

    /** Each number falls into the part of its token: [0, 0.4), [0.4, 0.7), [0.7, 0.85), [0.85, 0.95), [0.95, 1). */
    @Test void aTokenIsDrawnByTheCumulativeDistribution() {
        try (var _ = Scope.open()) {
            double[] numbers = {0, 0.399, 0.401, 0.699, 0.701, 0.849, 0.851, 0.949, 0.951, Math.nextDown(1.0)};
            Tensor rows = logits(0.4, 0.3, 0.15, 0.1, 0.05).expand(numbers.length, 5);
            assertArrayEquals(new long[] {0, 0, 1, 1, 2, 2, 3, 3, 4, 4},
                    TokenSampler.next(rows, Collections.nCopies(numbers.length, DRAWN), numbers).toLongs());
        }
    }

    @Test void aTokenThatIsRuledOutIsNeverDrawn() {
        try (var _ = Scope.open()) {
            Tensor rows = logits(0, 0.5, 0, 0.5, 0).expand(4, 5);
            assertArrayEquals(new long[] {1, 1, 3, 3}, TokenSampler.next(rows, Collections.nCopies(4, DRAWN), 0, 0.499,
                    0.501, Math.nextDown(1.0)).toLongs());
        }
    }

    /** Where the sum of what an option leaves of 0.1, 0.4, 0.3, 0.05 and 0.15 exceeds 0.9 of the whole. */
    @Test void eachRowHasItsOwnOptions() {
        try (var _ = Scope.open()) {
            var options = List.of(DRAWN, Generation.DEFAULT, DRAWN.topK(2), DRAWN.topP(0.75), DRAWN.minP(0.3),
                    DRAWN.temperature(0.1), DRAWN.topK(1), DRAWN.topP(0.5).topK(4), DRAWN.topK(9).minP(1));
            Tensor rows = logits(0.1, 0.4, 0.3, 0.05, 0.15).expand(options.size(), 5);
            var numbers = new double[options.size()];
            Arrays.fill(numbers, 0.9);
            long[] together = TokenSampler.next(rows, options, numbers).toLongs();
            assertArrayEquals(new long[] {4, 1, 2, 4, 4, 1, 1, 2, 1}, together);
            for (int row = 0; row < numbers.length; row++) {
                assertEquals(together[row], TokenSampler.next(rows.narrow(0, row, 1), List.of(options.get(row)), 0.9)
                        .itemLong(), "alone: " + options.get(row));
            }
        }
    }

    /** More tokens than are sorted at first, all but equally likely: of 1,000, 900 have together 0.9. */
    @Test void aWideNucleusIsWhole() {
        try (var _ = Scope.open()) {
            Tensor logits = Tensor.linspace(0.001, 0, 1000).unsqueeze(0).expand(2, 1000);
            Tensor kept = TokenSampler.warp(logits, List.of(DRAWN.topP(0.9), DRAWN)).isFinite().sum(1);
            assertEquals(1000, kept.select(0, 1).itemLong());
            assertEquals(900, kept.select(0, 0).itemLong(), 1);
        }
    }

    @Test void whatIsWrongIsSaid() {
        try (var _ = Scope.open()) {
            Tensor rows = Tensor.zeros(2, 5);
            assertMessage("TokenSampler: expected logits (B, V), with options and a number for each row. Received"
                    + " float32 (2, 5) cpu, 1 options and 2 numbers.",
                    () -> TokenSampler.next(rows, List.of(DRAWN), 0, 0));
            assertMessage("TokenSampler: expected numbers from 0 to below 1. Received [0.5, 1.0].",
                    () -> TokenSampler.next(rows, List.of(DRAWN, DRAWN), 0.5, 1));
        }
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}

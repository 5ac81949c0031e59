package dev.merapi.text.recipe;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.data.Squad;
import dev.merapi.text.metric.AnswerScore;
import dev.merapi.text.tokenizer.Encoding;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AnswerMetricTest {
    private static final int TOKENS = 4; // [CLS] and three words of one letter

    private static Squad.Question question(String id, String text, String answer) {
        var answers = answer.isEmpty() ? List.<Squad.Answer>of()
                : List.of(new Squad.Answer(answer, text.indexOf(answer)));
        return new Squad.Question(id, "which?", text, answers);
    }

    /** Three words of a text, from the one of this number. */
    private static AnswerWindow window(Squad.Question question, int first) {
        var none = new Encoding.Span(0, 0);
        var offsets = IntStream.range(0, TOKENS).mapToObj(i -> i == 0 ? none
                : new Encoding.Span(2 * (first + i - 1), 2 * (first + i - 1) + 1)).toList();
        return new AnswerWindow(question, new Encoding(new long[TOKENS], null, null, null, List.of(), offsets,
                new int[TOKENS], new int[] {-1, 1, 1, 1}, List.of()), 1, TOKENS);
    }

    private static final Squad.Question FIRST = question("1", "a b c d e f", "e");
    private static final Squad.Question SECOND = question("2", "a b c", "b");
    private static final Squad.Question NONE = question("3", "a b c", "");
    private static final List<AnswerWindow> WINDOWS =
            List.of(window(FIRST, 0), window(FIRST, 3), window(SECOND, 0), window(NONE, 0));

    /** Takes in a window whose answer is one token, that is so sure. */
    private static void update(AnswerMetric metric, int window, int token, double sure, double none) {
        try (var _ = Scope.open()) {
            var logits = new float[2][TOKENS];
            for (float[] row : logits) {
                row[token] = (float) sure;
                row[0] = (float) none;
            }
            metric.update(Tensor.of(logits).unsqueeze(0), Tensor.of(new long[] {0, 0, window}, 1, 3));
        }
    }

    private static AnswerMetric metric() {
        return new AnswerMetric("exact_match", () -> WINDOWS, AnswerScore::exactMatch);
    }

    /** The windows of a question may be measured by different ranks: the surest has its answer. */
    @Test void partsOfAQuestionAreMerged() {
        var whole = metric();
        var one = metric();
        var other = metric();
        for (var metric : List.of(whole, one)) {
            update(metric, 0, 1, 2, 0); // "a", wrong
            update(metric, 3, 2, 1, 5); // none, right
        }
        for (var metric : List.of(whole, other)) {
            update(metric, 1, 2, 4, 0); // "e", right and surer
            update(metric, 2, 3, 4, 0); // "c", wrong
        }
        assertEquals(2 / 3.0, whole.value(), 1e-12);
        assertTrue(one.value() < whole.value());
        one.merge(other.state());
        assertEquals(whole.value(), one.value(), 1e-12);
        other.reset();
        other.merge(one.state());
        assertEquals(whole.value(), other.value(), 1e-12);
    }
}

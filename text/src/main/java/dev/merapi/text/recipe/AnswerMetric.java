package dev.merapi.text.recipe;

import dev.merapi.metric.Metric;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.data.Squad;
import dev.merapi.text.metric.AnswerScore;
import dev.merapi.text.model.bert.SpanExtractor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * {@link AnswerScore} of the best answers over all windows of each question, from 0 to 1. Where some questions have no
 * answer, "none" is an answer too: the best one must be better than [CLS] in the window that is least sure of it.
 *
 * <p>Shapes: logits (B, 2, T) and targets (B, 3), the third of which is the window's number.
 */
final class AnswerMetric implements Metric<Tensor, Tensor> {
    private static final int LONGEST = 30; // tokens of an answer, as in SQuAD's baseline
    private static final double PERCENT = 100;

    private final String name;
    private final Supplier<List<AnswerWindow>> windows;
    private final ToDoubleFunction<AnswerScore> score;
    private final Map<Squad.Question, Best> best = new HashMap<>();

    /**
     * @param span score of the best answer
     * @param none the lowest score of [CLS]
     */
    private record Best(String answer, double span, double none) {
        Best or(Best other) {
            double least = Math.min(none, other.none);
            return span >= other.span ? new Best(answer, span, least) : new Best(other.answer, other.span, least);
        }
    }

    /**
     * @param windows in the order of their numbers
     */
    AnswerMetric(String name, Supplier<List<AnswerWindow>> windows, ToDoubleFunction<AnswerScore> score) {
        this.name = name;
        this.windows = windows;
        this.score = score;
    }

    @Override public String name() { return name; }

    @Override public void update(Tensor prediction, Tensor target) {
        try (var _ = Scope.open()) {
            long[] targets = target.toLongs();
            for (int row = 0; row < prediction.size(0); row++) {
                var window = windows.get().get((int) targets[3 * row + 2]);
                Tensor logits = prediction.select(0, row).mT().contiguous(); // (T, 2)
                var span = SpanExtractor.best(logits, window.from(), window.to(), LONGEST);
                float[] cls = logits.select(0, 0).toFloats();
                best.merge(window.question(), new Best(window.text(span.start(), span.end()), span.score(),
                        (double) cls[0] + cls[1]), Best::or);
            }
        }
    }

    @Override public void merge(Metric<Tensor, Tensor> other) {
        Metric.sameKind(this, other).best.forEach((question, found) -> best.merge(question, found, Best::or));
    }

    @Override public double value() {
        boolean mayBeNone = best.keySet().stream().anyMatch(question -> question.answers().isEmpty());
        var answers = new AnswerScore();
        best.forEach((question, found) -> {
            String[] right = question.answers().isEmpty() ? new String[] {""}
                    : question.answers().stream().map(Squad.Answer::text).toArray(String[]::new);
            answers.add(mayBeNone && found.none > found.span ? "" : found.answer, right);
        });
        return score.applyAsDouble(answers) / PERCENT;
    }

    @Override public void reset() { best.clear(); }
}

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
import java.util.stream.DoubleStream;

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
     * @param window where the best answer was found
     * @param span score of the best answer
     * @param none the lowest score of [CLS]
     */
    private record Best(int window, int start, int end, double span, double none) {
        static final int NUMBERS = 5;

        Best or(Best other) {
            double least = Math.min(none, other.none);
            return span >= other.span ? new Best(window, start, end, span, least)
                    : new Best(other.window, other.start, other.end, other.span, least);
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
                int number = (int) targets[3 * row + 2];
                var window = windows.get().get(number);
                Tensor logits = prediction.select(0, row).mT().contiguous(); // (T, 2)
                var span = SpanExtractor.best(logits, window.from(), window.to(), LONGEST);
                float[] cls = logits.select(0, 0).toFloats();
                add(new Best(number, span.start(), span.end(), span.score(), (double) cls[0] + cls[1]));
            }
        }
    }

    private void add(Best found) { best.merge(windows.get().get(found.window).question(), found, Best::or); }

    @Override public double[] state() {
        return best.values().stream().flatMapToDouble(found -> DoubleStream.of(found.window, found.start, found.end,
                found.span, found.none)).toArray();
    }

    @Override public void merge(double... state) {
        Metric.expectState(this, state.length / Best.NUMBERS * Best.NUMBERS, state);
        for (int i = 0; i < state.length; i += Best.NUMBERS) {
            add(new Best((int) state[i], (int) state[i + 1], (int) state[i + 2], state[i + 3], state[i + 4]));
        }
    }

    @Override public double value() {
        boolean mayBeNone = best.keySet().stream().anyMatch(question -> question.answers().isEmpty());
        var answers = new AnswerScore();
        best.forEach((question, found) -> {
            String[] right = question.answers().isEmpty() ? new String[] {""}
                    : question.answers().stream().map(Squad.Answer::text).toArray(String[]::new);
            String answer = windows.get().get(found.window).text(found.start, found.end);
            answers.add(mayBeNone && found.none > found.span ? "" : answer, right);
        });
        return score.applyAsDouble(answers) / PERCENT;
    }

    @Override public void reset() { best.clear(); }
}

package dev.merapi.cli;

import dev.merapi.metric.ConfusionMatrix;
import dev.merapi.metric.RankingMetric;
import dev.merapi.plot.LinePlot;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Mistake;
import dev.merapi.recipe.Prediction;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a classifier answers to its test set. */
final class ClassAnswers {
    private static final int MOST_CURVES = 12; // that an eye tells apart

    private final List<String> labels;
    private final ConfusionMatrix confusion;
    private final RankingMetric ranking = RankingMetric.averagePrecision();
    private final List<Mistake> mistakes = new ArrayList<>();
    private boolean ranked = true; // one answer for each sample, as logits
    private int samples;

    private ClassAnswers(List<String> labels) {
        this.labels = labels;
        confusion = new ConfusionMatrix(labels.size());
    }

    static <B> ClassAnswers of(Job<B> job) {
        var answers = new ClassAnswers(job.labels());
        var task = job.trainer().task();
        try (var test = job.test(); var _ = task.model().evaluating(); var _ = Torch.inference()) {
            for (B batch : test) {
                try (var _ = Scope.open()) {
                    var pass = task.evaluate(task.to(task.model().device(), batch));
                    answers.add((Tensor) pass.prediction(), (Tensor) pass.target());
                }
            }
        }
        return answers;
    }

    private void add(Tensor prediction, Tensor target) {
        confusion.update(prediction, target);
        ranked &= prediction.rank() == 2 && prediction.size(1) == labels.size() && target.rank() == 1;
        if (!ranked) return;
        ranking.update(prediction, target);
        double[] probabilities = prediction.softmax(-1).toDoubles();
        long[] expected = target.toLongs();
        for (int i = 0; i < expected.length; i++) {
            int best = 0;
            for (int c = 0; c < labels.size(); c++) {
                if (probabilities[i * labels.size() + c] > probabilities[i * labels.size() + best]) best = c;
            }
            if (best != expected[i]) {
                mistakes.add(new Mistake(samples, labels.get((int) expected[i]),
                        new Prediction(labels.get(best), probabilities[i * labels.size() + best])));
            }
            samples++;
        }
    }

    ConfusionMatrix confusion() { return confusion; }

    /** The surest first. */
    List<Mistake> mistakes() {
        return mistakes.stream().sorted(Comparator.comparingDouble((Mistake m) -> m.answer().probability()).reversed())
                .toList();
    }

    /** Draws the precision at each recall: of all classes or, where there are many, of those with most mistakes. */
    Optional<Path> precisionRecall(Path run) {
        if (!ranked || samples == 0) return Optional.empty();
        long[][] counts = confusion.counts();
        var shown = IntStream.range(0, labels.size()).boxed().filter(c -> Arrays.stream(counts[c]).sum() > 0)
                .sorted(Comparator.comparingLong((Integer c) -> counts[c][c] - Arrays.stream(counts[c]).sum()))
                .limit(MOST_CURVES).sorted().toList();
        var plot = new LinePlot("Precision by recall", "recall");
        for (int c : shown) {
            var curve = ranking.precisionRecall(c);
            plot.line(labels.get(c), curve.x(), curve.y());
        }
        Path picture = run.resolve("precision-recall.png");
        plot.write(picture);
        return Optional.of(picture);
    }
}

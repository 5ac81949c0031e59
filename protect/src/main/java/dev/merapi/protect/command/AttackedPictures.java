package dev.merapi.protect.command;

import dev.merapi.data.Batch;
import dev.merapi.metric.Calibration;
import dev.merapi.metric.Curve;
import dev.merapi.plot.LinePlot;
import dev.merapi.plot.PageReport;
import dev.merapi.protect.robustness.Attack;
import dev.merapi.protect.robustness.AutoPgd;
import dev.merapi.protect.robustness.Corruption;
import dev.merapi.protect.robustness.Fgsm;
import dev.merapi.protect.robustness.Norm;
import dev.merapi.protect.robustness.Pgd;
import dev.merapi.protect.robustness.PixelRange;
import dev.merapi.protect.robustness.RobustAccuracy;
import dev.merapi.protect.robustness.Square;
import dev.merapi.protect.robustness.TemperatureScaling;
import dev.merapi.recipe.Command.Answer;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/** A classifier of pictures under attack, on its test set. */
record AttackedPictures(Job<?> job, AttackCommand.Config settings) {
    private static final int ROWS = 100; // pictures that are attacked together

    Answer answer() {
        var page = new PageReport("A model under attack");
        var words = new StringBuilder();
        var values = new LinkedHashMap<String, Object>();
        @SuppressWarnings("unchecked") // the command has looked at its type
        var box = (GlassBox<Image>) job.predictor().glassBox().orElseThrow();
        try (var _ = Scope.open()) {
            var seen = seen();
            var range = PixelRange.of(box, seen.getFirst().x());
            var pixels = seen.stream().map(batch -> new Batch(range.pixels(batch.x()), batch.y())).toList();
            var measured = new RobustAccuracy(range.before(box::scores), pixels);
            attacks(measured, page, words, values);
            if (settings.corruptions()) corruptions(measured, page, words, values);
            calibration(box, seen, page, words, values);
        }
        Path file = Path.of(settings.out()).resolve("report.html");
        page.write(file);
        return new Answer(words + "Report: " + file, values);
    }

    /** Batches of the test set, which live as long as the scope. */
    private List<Batch> seen() {
        var all = new ArrayList<Batch>();
        int left = settings.samples();
        try (var test = job.test()) {
            for (Object some : test) {
                Expect.that(some instanceof Batch, "attack", "a run whose batches are pictures and classes", some);
                var batch = ((Batch) some).to(job.trainer().task().model().device());
                for (int from = 0; from < batch.size() && left > 0; from += ROWS) {
                    int count = Math.min(Math.min(ROWS, batch.size() - from), left);
                    all.add(new Batch(batch.x().narrow(0, from, count).copy(),
                            batch.y().narrow(0, from, count).copy()));
                    left -= count;
                }
                if (left == 0) break;
            }
        }
        return all;
    }

    private Map<String, DoubleFunction<Attack>> kinds() {
        var kinds = new LinkedHashMap<String, DoubleFunction<Attack>>();
        kinds.put("fgsm", epsilon -> new Fgsm(settings.norm(), epsilon));
        kinds.put("pgd", epsilon -> Pgd.of(settings.norm(), epsilon, settings.iterations()).seed(settings.seed()));
        kinds.put("auto_pgd", epsilon -> AutoPgd.of(settings.norm(), epsilon, settings.iterations()));
        if (settings.norm() == Norm.L_INF) {
            kinds.put("square", epsilon -> new Square(epsilon, 10 * settings.iterations()));
        }
        return kinds;
    }

    private void attacks(RobustAccuracy measured, PageReport page, StringBuilder words, Map<String, Object> values) {
        double[] epsilons = IntStream.range(0, settings.epsilons().size() + 1)
                .mapToDouble(i -> i == 0 ? 0 : settings.epsilons().get(i - 1)).toArray();
        var plot = new LinePlot("Accuracy under attack", "ε, " + (settings.norm() == Norm.L_INF ? "L∞" : "L2")
                + ", of pixels from 0 to 1");
        var table = new StringBuilder("%-18s".formatted("ε"));
        for (double epsilon : epsilons) table.append("%8s".formatted(epsilon));
        table.append('\n');
        kinds().forEach((name, attack) -> {
            double[] accuracies = measured.over(attack, epsilons);
            plot.line(name.replace('_', ' '), epsilons, accuracies);
            table.append("%-18s".formatted(name));
            for (double accuracy : accuracies) table.append("%8.3f".formatted(accuracy));
            table.append('\n');
            values.put(name, accuracies);
        });
        values.put("epsilons", epsilons);
        page.add("Attacks", table.toString(), plot.figure());
        words.append(table);
    }

    private void corruptions(RobustAccuracy measured, PageReport page, StringBuilder words,
            Map<String, Object> values) {
        double[] severities = {1, 2, 3, 4, 5};
        var plot = new LinePlot("Accuracy on corrupted pictures", "severity");
        var table = new StringBuilder("%-18s%8d%8d%8d%8d%8d%n".formatted("severity", 1, 2, 3, 4, 5));
        double sum = 0;
        for (var corruption : Corruption.values()) {
            double[] accuracies = IntStream.rangeClosed(1, 5)
                    .mapToDouble(severity -> measured.under(corruption, severity, settings.seed())).toArray();
            for (double accuracy : accuracies) sum += accuracy / 5 / Corruption.values().length;
            plot.line(corruption.title(), severities, accuracies);
            table.append("%-18s%8.3f%8.3f%8.3f%8.3f%8.3f%n".formatted(corruption.title(), accuracies[0],
                    accuracies[1], accuracies[2], accuracies[3], accuracies[4]));
            values.put(corruption.title(), accuracies);
        }
        table.append("mean %.3f%n".formatted(sum));
        values.put("mean_corrupted", sum);
        page.add("Corruptions", table.toString(), plot.figure());
        words.append('\n').append(table);
    }

    /** The temperature is fitted to one half of the pictures, and measured on the other. */
    private void calibration(GlassBox<Image> box, List<Batch> seen, PageReport page, StringBuilder words,
            Map<String, Object> values) {
        try (var _ = Torch.noGrad()) {
            var logits = Tensor.cat(seen.stream().map(batch -> box.scores(batch.x())).toList(), 0);
            var y = Tensor.cat(seen.stream().map(Batch::y).toList(), 0);
            long half = y.size(0) / 2, rest = y.size(0) - half;
            var scaling = TemperatureScaling.fit(logits.narrow(0, 0, half), y.narrow(0, 0, half));
            var test = logits.narrow(0, half, rest);
            var truth = y.narrow(0, half, rest);
            var before = new Calibration();
            before.update(test, truth);
            var after = new Calibration();
            after.update(scaling.apply(test), truth);
            String text = "calibration error %.4f, at temperature %.3f %.4f%n".formatted(before.value(),
                    scaling.temperature(), after.value());
            Curve one = before.curve(), two = after.curve();
            page.add("Calibration", text, new LinePlot("Reliability", "probability")
                    .line("as often as said", new double[] {0, 1}, new double[] {0, 1}).line("before", one.x(), one.y())
                    .line("with the temperature", two.x(), two.y()).figure());
            words.append('\n').append(text);
            values.put("calibration_error", before.value());
            values.put("temperature", scaling.temperature());
            values.put("calibration_error_scaled", after.value());
        }
    }
}

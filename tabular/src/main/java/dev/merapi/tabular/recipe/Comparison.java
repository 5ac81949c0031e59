package dev.merapi.tabular.recipe;

import dev.merapi.tabular.data.TableSplit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Models on the same folds of a table: each is trained, with a preprocessing of its own, on all folds but one, and
 * measured on that one after its last epoch.
 *
 * <pre>{@code
 * var config = new TableRecipe().defaults();
 * var result = Comparison.run(config, List.of(TableModel.LINEAR, TableModel.BOOSTING, TableModel.MLP), 5, _ -> { });
 * IO.println(result.markdown());
 * }</pre>
 *
 * @param scores of each model, and of each metric, one value for each fold
 */
public record Comparison(Map<TableModel, Map<String, double[]>> scores) {
    /** The mean of some values and their standard deviation (divisor: folds - 1). */
    public record Score(double mean, double deviation) {
        static Score of(double[] values) {
            double mean = Arrays.stream(values).average().orElse(Double.NaN);
            double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            return new Score(mean, Math.sqrt(squares / (values.length - 1)));
        }

        @Override public String toString() { return "%.4f ± %.4f".formatted(mean, deviation); }
    }

    /**
     * Trains every model on every fold. Classes are spread evenly over the folds; groups, where the settings split by
     * them, stay together.
     *
     * @param config data, target and settings of the models; its own model and test table are not looked at
     * @param done hears of each model when it is done
     * @throws IllegalArgumentException for fewer than 2 folds, or a table that is read part by part
     */
    public static Comparison run(TableConfig config, List<TableModel> models, int folds, Consumer<TableModel> done) {
        if (config.buffer() > 0) {
            throw new IllegalArgumentException("buffer: expected 0, as folds are held in memory. Received "
                    + config.buffer());
        }
        var data = new TableData(config, List.of());
        var all = data.folds(folds);
        data.tell(all.getFirst().train());
        var scores = new LinkedHashMap<TableModel, Map<String, double[]>>();
        for (var model : models) {
            var values = new LinkedHashMap<String, double[]>();
            for (int i = 0; i < all.size(); i++) {
                int fold = i;
                fit(config.with(model), data, all.get(i)).forEach((name, value) ->
                        values.computeIfAbsent(name, _ -> new double[all.size()])[fold] = value);
            }
            scores.put(model, values);
            done.accept(model);
        }
        return new Comparison(scores);
    }

    private static Map<String, Double> fit(TableConfig config, TableData data, TableSplit.Fold fold) {
        try (var job = TableJob.of(config, data, fold); var train = job.train(); var test = job.test()) {
            job.trainer().fit(train);
            var values = new LinkedHashMap<>(job.trainer().evaluate(test));
            values.putAll(job.finalMetrics());
            return values;
        }
    }

    /** Mean and deviation of each model's metrics. */
    public Map<String, Map<String, Score>> summary() {
        var summary = new LinkedHashMap<String, Map<String, Score>>();
        scores.forEach((model, values) -> {
            var means = new LinkedHashMap<String, Score>();
            values.forEach((name, folds) -> means.put(name, Score.of(folds)));
            summary.put(model.name().toLowerCase(), means);
        });
        return summary;
    }

    /** A table with a line for each model and a column for each metric. */
    public String markdown() {
        var summary = summary();
        var metrics = new ArrayList<>(summary.values().iterator().next().keySet());
        metrics.remove("loss"); // it is another thing for each model
        var lines = new ArrayList<String>();
        lines.add("| model | " + String.join(" | ", metrics) + " |");
        lines.add("|---".repeat(metrics.size() + 1) + "|");
        summary.forEach((model, values) -> lines.add(metrics.stream().map(name -> values.get(name).toString())
                .collect(Collectors.joining(" | ", "| " + model + " | ", " |"))));
        return String.join("\n", lines);
    }
}

package dev.merapi.tabular.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Table;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.TablePreprocessing;
import dev.merapi.tabular.data.Target;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A target for the rows of a table. A user names a file, and gets its rows with the answers behind them, as CSV; a row
 * by itself is a JSON object of its columns.
 *
 * <pre>{@code
 * try (var model = Predictor.open(Path.of("runs/titanic")).as(Frame.class, Frame.class)) {
 *     model.predict(Table.read(Path.of("passengers.csv")).frame()).write(Path.of("answers.csv"));
 * }
 * }</pre>
 */
public final class TablePredictor implements Predictor<Frame, Frame> {
    private static final int BATCH = 4096;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Task<TableBatch> task;
    private final TablePreprocessing preprocessing;

    TablePredictor(Task<TableBatch> task, TablePreprocessing preprocessing) {
        this.task = task;
        this.preprocessing = preprocessing;
    }

    /**
     * Rows with the answers behind them: of classes the most probable, in a column {@code <target>_predicted}, and the
     * probabilities of all, in {@code <target>_<class>}; of numbers the number.
     *
     * @throws IllegalArgumentException if a column that the model has learnt from is not there, or of another kind
     */
    @Override public Frame predict(Frame rows) { return with(rows, answers(rows)); }

    /** The texts that a column had in the training rows, to choose from; empty where they are no categories. */
    public List<String> values(String column) { return preprocessing.values(column); }

    /** Of two classes, the probability of the second, unrounded. */
    double[] scores(Frame rows) { return answers(rows)[1]; }

    /** Of each output its values. */
    private double[][] answers(Frame rows) {
        int outputs = preprocessing.target() instanceof Target.Classes classes ? classes.labels().size() : 1;
        var answers = new double[outputs][rows.size()];
        for (int from = 0; from < rows.size(); from += BATCH) {
            int start = from, count = Math.min(BATCH, rows.size() - from);
            try (var _ = Scope.open(); var _ = task.model().evaluating(); var _ = Torch.inference()) {
                var batch = preprocessing.withoutTarget(rows.take(IntStream.range(start, start + count).toArray()));
                double[] values = task.predict(task.to(task.model().device(), batch)).toDoubles();
                for (int i = 0; i < values.length; i++) answers[i % outputs][start + i / outputs] = values[i];
            }
        }
        return answers;
    }

    private Frame with(Frame rows, double[][] answers) {
        String target = preprocessing.target().column();
        var columns = new ArrayList<>(rows.columns());
        switch (preprocessing.target()) {
            case Target.Numbers _ -> add(columns, new Column.Numbers(target + "_predicted", answers[0]));
            case Target.Classes(var _, var labels) -> {
                var best = IntStream.range(0, rows.size()).mapToObj(row -> labels.get(best(answers, row)))
                        .toArray(String[]::new);
                add(columns, new Column.Texts(target + "_predicted", best));
                for (int c = 0; c < labels.size(); c++) {
                    add(columns, new Column.Numbers(target + "_" + labels.get(c), rounded(answers[c])));
                }
            }
        }
        return Frame.of(columns);
    }

    /** Answers replace columns of their names, which an earlier prediction may have left. */
    private static void add(List<Column> columns, Column column) {
        columns.removeIf(other -> other.name().equals(column.name()));
        columns.add(column);
    }

    private static int best(double[][] answers, int row) {
        int best = 0;
        for (int c = 1; c < answers.length; c++) if (answers[c][row] > answers[best][row]) best = c;
        return best;
    }

    /** More digits would say more than the model knows. */
    private static double[] rounded(double[] probabilities) {
        return Arrays.stream(probabilities).map(p -> Math.round(p * 1e6) / 1e6).toArray();
    }

    @Override public Class<Frame> input() { return Frame.class; }

    @Override public Class<Frame> output() { return Frame.class; }

    @Override public List<Frame> predict(List<Frame> inputs) { return inputs.stream().map(this::predict).toList(); }

    @Override public Optional<GlassBox<Frame>> glassBox() { return Optional.of(new OpenTable(task, preprocessing)); }

    /** @param typed a table's file, or a row as a JSON object */
    @Override public Frame parse(String typed) {
        return typed.stripLeading().startsWith("{") ? row(typed)
                : Table.read(Path.of(typed), preprocessing.columns()).frame();
    }

    private Frame row(String json) {
        try {
            Map<?, ?> values = JSON.readValue(json, Map.class);
            return Frame.of(preprocessing.columns().stream()
                    .map(field -> Column.of(field, values.get(field.name()))).toList());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("TablePredictor: expected a table's file, or a row as a JSON object."
                    + " Received " + json + ": " + e.getOriginalMessage() + ".", e);
        }
    }

    /** As CSV. */
    @Override public String format(Frame answer) { return answer.csv().stripTrailing(); }
}

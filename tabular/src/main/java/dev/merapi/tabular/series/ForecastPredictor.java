package dev.merapi.tabular.series;

import dev.merapi.recipe.Predictor;
import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The next steps of the series in a table, as a table. A user names a file of the history, in which covariates of the
 * future stand in rows without a value.
 *
 * <pre>{@code
 * try (var model = Predictor.open(Path.of("runs/forecast")).as(Frame.class, Frame.class)) {
 *     model.predict(Table.read(Path.of("sales.csv")).frame()).write(Path.of("next.csv"));
 * }
 * }</pre>
 */
public final class ForecastPredictor implements Predictor<Frame, Frame> {
    private final ForecastMethod method;
    private final Series.Columns columns;
    private final int horizon;

    ForecastPredictor(ForecastMethod method, Series.Columns columns, int horizon) {
        this.method = method;
        this.columns = columns;
        this.horizon = horizon;
    }

    /**
     * For each series, and each step behind its last value, a row: the series' name, if there are several, the time,
     * {@code <target>_predicted}, which is the median, and {@code <target>_<level>} for each quantile.
     *
     * @throws IllegalArgumentException if a column is not there, or a series is shorter than the context
     */
    @Override public Frame predict(Frame history) {
        var time = history.column(columns.time());
        var names = new ArrayList<String>();
        var times = new ArrayList<Column>();
        var forecasts = new ArrayList<Forecast>();
        for (var one : SeriesRows.of(history, columns)) {
            forecasts.add(method.forecast(one.series().filled(), horizon));
            times.add(times(time, one));
            names.addAll(Collections.nCopies(horizon, one.series().name()));
        }
        var answers = new ArrayList<Column>();
        if (!columns.series().isEmpty()) {
            answers.add(new Column.Texts(columns.series(), names.toArray(String[]::new)));
        }
        answers.add(joined(times));
        answers.add(numbers(columns.target() + "_predicted", forecasts, 0.5));
        for (double level : forecasts.getFirst().levels()) {
            if (level != 0.5) answers.add(numbers(columns.target() + "_" + level, forecasts, level));
        }
        return Frame.of(answers);
    }

    /** Those that rows without a value have, and the ones that follow. */
    private Column times(Column time, SeriesRows one) {
        int[] rows = one.rows();
        int size = one.series().size(), given = Math.min(horizon, rows.length - size);
        var known = time.take(Arrays.copyOfRange(rows, size, size + given));
        return given == horizon ? known : joined(List.of(known, TimeSteps.following(time, rows, horizon - given)));
    }

    private static Column joined(List<Column> parts) {
        String name = parts.getFirst().name();
        return switch (parts.getFirst()) {
            case Column.Dates _ -> new Column.Dates(name, parts.stream()
                    .flatMapToLong(part -> Arrays.stream(((Column.Dates) part).micros())).toArray());
            case Column.Integers _ -> new Column.Integers(name, parts.stream()
                    .flatMapToLong(part -> Arrays.stream(((Column.Integers) part).values())).toArray());
            default -> new Column.Numbers(name, parts.stream()
                    .flatMapToDouble(part -> Arrays.stream(part.numbers())).toArray());
        };
    }

    private static Column numbers(String name, List<Forecast> forecasts, double level) {
        return new Column.Numbers(name, forecasts.stream().flatMapToDouble(f -> Arrays.stream(f.quantile(level)))
                .toArray());
    }

    @Override public Class<Frame> input() { return Frame.class; }

    @Override public Class<Frame> output() { return Frame.class; }

    @Override public List<Frame> predict(List<Frame> inputs) { return inputs.stream().map(this::predict).toList(); }

    /** @param typed a table's file */
    @Override public Frame parse(String typed) { return Table.of(typed, List.of()).frame(); }

    /** As CSV. */
    @Override public String format(Frame answer) { return answer.csv().stripTrailing(); }
}

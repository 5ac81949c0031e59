package dev.merapi.tabular.series;

import dev.merapi.data.Dataset;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * All windows of some series, each with the steps that follow it. Values and covariates are scaled by the series that
 * are given here and nothing else: give those to learn from alone.
 */
public final class Windows implements Dataset<WindowBatch> {
    private final WindowOptions options;
    private final List<Series> series;
    private final double[] naiveErrors; // of each series; null where windows are a back-test's
    private final int season;
    private final int[] which; // series of each window
    private final int[] end; // of its context

    /**
     * @param season of {@link ForecastErrors#naiveError}
     * @throws IllegalArgumentException if a value is missing, covariates differ in number, or all series are too short
     */
    public Windows(List<Series> series, WindowOptions options, int season) {
        this(series, options, season, series.stream().map(Windows::all).toList(), false);
        for (int s = 0; s < naiveErrors.length; s++) {
            naiveErrors[s] = ForecastErrors.naiveError(series.get(s).values(), season);
        }
    }

    /**
     * The windows that a back-test forecasts: of each the scale is that of the values before its origin, as in use.
     *
     * @throws IllegalArgumentException if its horizon is not that of the options, or a history is too short
     */
    public static Windows of(Backtest test, WindowOptions options) {
        if (test.horizon() != options.horizon()) {
            throw new IllegalArgumentException("Windows: expected a back-test of " + options.horizon()
                    + " steps, as the options have. Received one of " + test.horizon());
        }
        return new Windows(test.series(), options, test.season(), test.series().stream().map(test::origins).toList(),
                true);
    }

    private Windows(List<Series> series, WindowOptions options, int season, List<int[]> ends, boolean isTest) {
        this.options = options;
        this.series = List.copyOf(series);
        this.season = season;
        naiveErrors = isTest ? null : new double[series.size()];
        var all = new ArrayList<int[]>();
        for (int s = 0; s < series.size(); s++) {
            var one = series.get(s).complete();
            if (one.covariates().size() != series.getFirst().covariates().size()) {
                throw new IllegalArgumentException("Windows: expected " + series.getFirst().covariates().size()
                        + " covariates of each series. Received " + one.covariates().size() + " of " + one.name());
            }
            for (int at : ends.get(s)) {
                if (at >= options.context() && at + options.horizon() <= one.size()) all.add(new int[] {s, at});
                else if (isTest) throw Baselines.tooShort(one.until(at), options.context());
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("Windows: expected a series of at least " + options.context() + " + "
                    + options.horizon() + " values. Received " + series);
        }
        which = all.stream().mapToInt(window -> window[0]).toArray();
        end = all.stream().mapToInt(window -> window[1]).toArray();
    }

    private static int[] all(Series one) { return IntStream.rangeClosed(0, one.size()).toArray(); }

    /** Number of windows. */
    @Override public int size() { return which.length; }

    /** A batch of one. */
    @Override public WindowBatch get(int index) { return batch(new int[] {index}, null); }

    @Override public WindowBatch batch(int[] indices, RandomGenerator[] randoms) {
        var windows = Arrays.stream(indices).mapToObj(this::window).toList();
        var inputs = inputs(windows, options);
        int horizon = options.horizon();
        var future = new float[indices.length * horizon];
        var errors = new float[indices.length];
        for (int i = 0; i < indices.length; i++) {
            int s = which[indices[i]], from = end[indices[i]];
            for (int h = 0; h < horizon; h++) future[i * horizon + h] = (float) series.get(s).values()[from + h];
            errors[i] = (float) (naiveErrors != null ? naiveErrors[s]
                    : ForecastErrors.naiveError(windows.get(i).of.values(), season));
        }
        return new WindowBatch(inputs.past(), inputs.covariates(), inputs.level(), inputs.spread(),
                Tensor.of(future, indices.length, horizon), Tensor.of(errors));
    }

    private Window window(int index) {
        var of = series.get(which[index]);
        return new Window(naiveErrors == null ? of.until(end[index]) : of, end[index]);
    }

    /** A series as far as it is known, and where a window's context ends in it. */
    private record Window(Series of, int end) {}

    /**
     * The last steps of histories as a model takes them, without what comes.
     *
     * @throws IllegalArgumentException if one is shorter than the context, misses a value, or its covariates do not
     *     reach over the horizon
     */
    static WindowBatch ofLast(List<Series> histories, WindowOptions options) {
        for (var one : histories) {
            if (one.complete().size() < options.context()) throw Baselines.tooShort(one, options.context());
        }
        return inputs(histories.stream().map(one -> new Window(one, one.size())).toList(), options);
    }

    /** For training and for use. */
    private static WindowBatch inputs(List<Window> windows, WindowOptions options) {
        int rows = windows.size(), context = options.context(), steps = context + options.horizon();
        int width = windows.getFirst().of.covariates().size();
        var past = new float[rows * context];
        var covariates = new float[rows * steps * width];
        var level = new float[rows];
        var spread = new float[rows];
        for (int row = 0; row < rows; row++) {
            var one = windows.get(row).of;
            int from = windows.get(row).end - context;
            double[] seen = Arrays.copyOfRange(one.values(), from, from + context);
            double[] scale = switch (options.scaling()) {
                case SERIES -> scale(one.values(), one.size());
                case WINDOW -> scale(seen, context);
                case NONE -> new double[] {0, 1};
            };
            level[row] = (float) scale[0];
            spread[row] = (float) scale[1];
            for (int t = 0; t < context; t++) past[row * context + t] = (float) ((seen[t] - scale[0]) / scale[1]);
            for (int c = 0; c < width; c++) {
                double[] known = one.covariates().get(c);
                if (known.length < from + steps) {
                    throw new IllegalArgumentException("Series " + one.name() + ": expected covariates up to step "
                            + (from + steps) + ", over the horizon. Received " + known.length
                            + "; add rows of the future without a value.");
                }
                double[] ofCovariate = scale(known, one.size()); // of the time of the values
                for (int t = 0; t < steps; t++) {
                    covariates[(row * steps + t) * width + c] =
                            (float) ((known[from + t] - ofCovariate[0]) / ofCovariate[1]);
                }
            }
        }
        return new WindowBatch(Tensor.of(past, rows, context), Tensor.of(covariates, rows, steps, width),
                Tensor.of(level), Tensor.of(spread), null, null);
    }

    /** Mean and deviation of the first {@code count}. */
    private static double[] scale(double[] values, int count) {
        double mean = 0, sum = 0;
        for (int i = 0; i < count; i++) mean += values[i] / count;
        for (int i = 0; i < count; i++) sum += (values[i] - mean) * (values[i] - mean);
        double deviation = Math.sqrt(sum / count);
        return new double[] {mean, deviation > 1e-8 * Math.abs(mean) && deviation > 0 ? deviation : 1};
    }
}

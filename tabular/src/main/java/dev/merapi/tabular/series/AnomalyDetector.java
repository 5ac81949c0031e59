package dev.merapi.tabular.series;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.loss.Mse;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Supervised;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Tells which steps of a series are unusual: those that an autoencoder, which has learnt usual windows, writes wrong.
 *
 * <pre>{@code
 * var usual = Series.of("load", values);
 * var detector = AnomalyDetector.of(new SeriesAutoencoder(24, 32, 4), usual, 24);
 * Trainer.of(detector.task()).optimizer(m -> new Adam(m, 1e-3)).epochs(50).fit(detector.train(32, 1337));
 * double limit = detector.limit(usual, 0.99);                                 // 1 % of the usual steps are above
 * int[] steps = detector.above(limit, Series.of("new", values));
 * }</pre>
 *
 * The scale of all series is that of the usual one.
 *
 * @param <M> the autoencoder
 */
public final class AnomalyDetector<M extends Layer & Unary> {
    private final M model;
    private final Series usual;
    private final int context;
    private final double level;
    private final double spread;

    private AnomalyDetector(M model, Series usual, int context) {
        this.model = model;
        this.usual = usual.complete();
        this.context = context;
        if (usual.size() < context) throw Baselines.tooShort(usual, context);
        level = Arrays.stream(usual.values()).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(usual.values()).map(v -> (v - level) * (v - level)).average()
                .orElseThrow());
        spread = deviation > 0 ? deviation : 1;
    }

    /**
     * @param model of windows (B, context) to the same
     * @param usual to learn from
     */
    public static <M extends Layer & Unary> AnomalyDetector<M> of(M model, Series usual, int context) {
        return new AnomalyDetector<>(model, usual, context);
    }

    /** That windows come out as they went in. */
    public Supervised task() { return Supervised.of(model, new Mse()); }

    /** The usual windows, in a new order each epoch. */
    public Loader<Batch> train(int batchSize, long seed) {
        try (var _ = Scope.open()) {
            var windows = windows(usual).owned();
            return Loader.of(Dataset.of(windows, windows), batchSize).shuffle(seed);
        }
    }

    /** All windows of a series, scaled: (N, context). */
    private Tensor windows(Series series) {
        if (series.complete().size() < context) throw Baselines.tooShort(series, context);
        var scaled = new float[series.size()];
        for (int t = 0; t < scaled.length; t++) scaled[t] = (float) ((series.values()[t] - level) / spread);
        return Tensor.of(scaled).unfold(0, context, 1).contiguous();
    }

    /** For each step the mean squared error, in deviations of the usual series, over all windows that it is in. */
    public double[] scores(Series series) {
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad()) {
            var windows = windows(series).to(model.device());
            float[] errors = model.forward(windows).sub(windows).square().toFloats();
            var sums = new double[series.size()];
            var counts = new int[sums.length];
            for (int i = 0; i < errors.length; i++) {
                int step = i / context + i % context;
                sums[step] += errors[i];
                counts[step]++;
            }
            for (int t = 0; t < sums.length; t++) sums[t] /= counts[t];
            return sums;
        }
    }

    /** The score that so great a part of a series' steps does not exceed: 0.99 leaves one in a hundred above. */
    public double limit(Series series, double part) {
        if (!(part > 0 && part <= 1)) {
            throw new IllegalArgumentException("AnomalyDetector.limit: expected a part above 0, up to 1. Received "
                    + part);
        }
        double[] sorted = scores(series);
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(part * sorted.length) - 1];
    }

    /** The steps whose score is above a limit. */
    public int[] above(double limit, Series series) {
        double[] scores = scores(series);
        return IntStream.range(0, scores.length).filter(t -> scores[t] > limit).toArray();
    }
}

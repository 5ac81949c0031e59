package dev.merapi.tabular.series;

import dev.merapi.nn.Activation;
import dev.merapi.nn.LearnedPositions;
import dev.merapi.nn.Linear;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * A Transformer over patches, windows within the window: "a time series is worth 64 words" (Nie et al. 2023,
 * arXiv:2211.14730). With layer norms where the paper has batch norms. Covariates of the future are added by a linear
 * layer.
 */
public final class PatchTst extends Forecaster {
    /**
     * @param patch steps of a patch, at most the context
     * @param stride from patch to patch
     */
    public record Options(int patch, int stride, int dim, int layers, int heads, double dropout) {
        public static final Options DEFAULT = new Options(8, 4, 64, 2, 4, 0.1);

        public Options {
            if (patch < 1 || stride < 1 || stride > patch) {
                throw new IllegalArgumentException("PatchTst: expected a patch of at least 1 step, and a stride up to"
                        + " that. Received " + patch + " and " + stride);
            }
        }
    }

    final Linear patches;
    final LearnedPositions positions;
    final TransformerEncoder encoder;
    final Linear last;
    final FutureCovariates future;
    private final Options options;
    private final int horizon;

    public PatchTst(int context, int horizon, int covariates, int quantiles, Options options) {
        if (options.patch > context) {
            throw new IllegalArgumentException("PatchTst: expected a patch of at most the context, " + context
                    + " steps. Received " + options.patch);
        }
        this.options = options;
        this.horizon = horizon;
        int count = (context - options.patch) / options.stride + 2; // the last is filled up, as in the paper
        patches = new Linear(options.patch, options.dim);
        positions = new LearnedPositions(count, options.dim);
        encoder = new TransformerEncoder(options.layers, options.dim, options.heads, 2 * options.dim,
                TransformerOptions.DEFAULT.dropout(options.dropout).activation(Activation.GELU));
        last = new Linear(count * options.dim, horizon * quantiles);
        future = new FutureCovariates(covariates, quantiles);
    }

    @Override public Tensor forward(Tensor past, Tensor covariates) {
        var end = past.narrow(1, past.size(1) - 1, 1).expand(past.size(0), options.stride);
        var cut = Tensor.cat(List.of(past, end), 1).unfold(1, options.patch, options.stride);  // (B, N, patch)
        var y = encoder.forward(positions.forward(patches.forward(cut)));                      // (B, N, dim)
        return future.add(last.forward(y.flatten(1, 2)), covariates, horizon);
    }
}

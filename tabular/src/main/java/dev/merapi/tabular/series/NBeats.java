package dev.merapi.tabular.series;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks, each of which explains a part of the context, takes it away for the next, and adds its part of the forecast.
 * Oreshkin et al. 2020 (arXiv:1905.10437). Generic blocks are free in what they say; of interpretable ones the first
 * half says trends, polynomials, the second seasons, sines and cosines: see {@link #parts}. Covariates of the future
 * are added by a linear layer.
 */
public final class NBeats extends Forecaster {
    /**
     * @param blocks at least 2 where they are interpretable
     * @param layers of each block
     * @param width of these
     * @param interpretable whether blocks say trends and seasons alone
     */
    public record Options(int blocks, int layers, int width, boolean interpretable) {
        public static final Options DEFAULT = new Options(4, 4, 128, false);

        public Options {
            if (blocks < (interpretable ? 2 : 1) || layers < 1 || width < 1) {
                throw new IllegalArgumentException("NBeats: expected at least 1 block (2 interpretable ones), layer and"
                        + " width. Received " + blocks + ", " + layers + " and " + width);
            }
        }
    }

    private static final int DEGREE = 2; // of trends, as the paper

    /** Layers, and two heads onto bases. Shapes: (B, L) to (B, L) and (B, H · Q). */
    static final class Block extends Layer {
        final Sequential layers;
        final Linear past;
        final Linear future;
        private final double[][] pastBasis; // (K, L), or null
        private final double[][] futureBasis; // (K, H), or null
        private final int quantiles;

        Block(int context, int horizon, int quantiles, Options options, double[][] pastBasis, double[][] futureBasis) {
            this.pastBasis = pastBasis;
            this.futureBasis = futureBasis;
            this.quantiles = quantiles;
            var all = new ArrayList<Unary>();
            for (int i = 0; i < options.layers; i++) {
                all.add(new Linear(i == 0 ? context : options.width, options.width));
                all.add(new Relu());
            }
            layers = new Sequential(all);
            past = new Linear(options.width, pastBasis == null ? context : pastBasis.length);
            future = new Linear(options.width, quantiles * (futureBasis == null ? horizon : futureBasis.length));
        }

        Tensor explained(Tensor hidden) { return on(past.forward(hidden), pastBasis); }

        /** (B, H, Q) */
        Tensor foretold(Tensor hidden) {
            var weights = future.forward(hidden).unflatten(1, quantiles, -1);                  // (B, Q, H or K)
            return on(weights, futureBasis).mT();
        }

        private static Tensor on(Tensor weights, double[][] basis) {
            return basis == null ? weights : weights.matmul(matrix(basis).to(weights.device()).to(weights.dtype()));
        }

        private static Tensor matrix(double[][] rows) {
            var flat = new double[rows.length * rows[0].length];
            for (int row = 0; row < rows.length; row++) {
                System.arraycopy(rows[row], 0, flat, row * rows[0].length, rows[0].length);
            }
            return Tensor.of(flat, rows.length, rows[0].length);
        }
    }

    final List<Block> blocks;
    final FutureCovariates future;
    private final int horizon;

    public NBeats(int context, int horizon, int covariates, int quantiles, Options options) {
        this.horizon = horizon;
        var all = new ArrayList<Block>();
        for (int b = 0; b < options.blocks; b++) {
            boolean trend = b < options.blocks / 2;
            all.add(new Block(context, horizon, quantiles, options,
                    options.interpretable ? basis(trend, -context, context, horizon) : null,
                    options.interpretable ? basis(trend, 0, horizon, horizon) : null));
        }
        blocks = List.copyOf(all);
        future = new FutureCovariates(covariates, quantiles);
    }

    /**
     * At {@code count} steps from {@code from} on, where a horizon is the unit of time t: t⁰, t¹ and t², or cosines and
     * sines of 1 to H / 2 periods in it.
     */
    private static double[][] basis(boolean trend, int from, int count, int horizon) {
        int waves = Math.max(1, horizon / 2);
        var basis = new double[trend ? DEGREE + 1 : 2 * waves][count];
        for (int i = 0; i < count; i++) {
            double t = (double) (from + i) / horizon;
            for (int k = 0; k < basis.length; k++) {
                double angle = 2 * Math.PI * (k % waves + 1) * t;
                basis[k][i] = trend ? Math.pow(t, k) : k < waves ? Math.cos(angle) : Math.sin(angle);
            }
        }
        return basis;
    }

    @Override public Tensor forward(Tensor past, Tensor covariates) {
        Tensor sum = null;
        for (var part : parts(past)) sum = sum == null ? part : sum.add(part);
        return future.add(sum, covariates, horizon);
    }

    /** What each block foretells, (B, H, Q): their sum, with the covariates' part, is the forecast. */
    public List<Tensor> parts(Tensor past) {
        var parts = new ArrayList<Tensor>();
        var left = past;
        for (var block : blocks) {
            var hidden = block.layers.forward(left);
            left = left.sub(block.explained(hidden));
            parts.add(block.foretold(hidden));
        }
        return parts;
    }
}

package dev.merapi.tabular.series;

import dev.merapi.nn.Conv1d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A temporal convolutional network: convolutions that look at the past alone, twice as far in each block, with a
 * residual path. Its last step and the covariates of the future foretell all steps. Bai et al. 2018 (arXiv:1803.01271).
 */
public final class TcnForecaster extends Forecaster {
    private static final int KERNEL = 3;

    final List<Block> blocks;
    final Linear last;
    private final int horizon;

    /** Two convolutions and the path around them. Shapes: (B, in, L) to (B, out, L). */
    static final class Block extends Layer {
        final Conv1d first;
        final Conv1d second;
        final Conv1d around; // null where sizes are equal
        private final int reach;
        private final double dropout;

        Block(int in, int out, int dilation, double dropout) {
            var options = ConvOptions.DEFAULT.dilation(dilation);
            first = new Conv1d(in, out, KERNEL, options);
            second = new Conv1d(out, out, KERNEL, options);
            around = in == out ? null : new Conv1d(in, out, 1);
            reach = (KERNEL - 1) * dilation;
            this.dropout = dropout;
        }

        Tensor forward(Tensor x) {
            var y = F.dropout(first.forward(x.pad(0, reach, 0)).relu(), dropout, isTraining());
            y = F.dropout(second.forward(y.pad(0, reach, 0)).relu(), dropout, isTraining());
            return hooked(y.add(around == null ? x : around.forward(x)).relu(), x);
        }
    }

    /** @param levels blocks: the last step sees 4 · (2^levels − 1) steps before it */
    public TcnForecaster(int horizon, int covariates, int quantiles, int hidden, int levels, double dropout) {
        this.horizon = horizon;
        blocks = IntStream.range(0, levels)
                .mapToObj(i -> new Block(i == 0 ? 1 + covariates : hidden, hidden, 1 << i, dropout)).toList();
        last = new Linear(hidden + horizon * covariates, horizon * quantiles);
    }

    @Override public Tensor forward(Tensor past, Tensor covariates) {
        var y = LstmForecaster.steps(past, covariates).mT();                   // (B, 1 + C, L)
        for (var block : blocks) y = block.forward(y);
        return last.forward(LstmForecaster.withFuture(y.select(2, -1), covariates, horizon)).unflatten(1, horizon, -1);
    }
}

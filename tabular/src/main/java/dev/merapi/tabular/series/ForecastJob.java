package dev.merapi.tabular.series;

import dev.merapi.data.Loader;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.tabular.data.Table;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** Trains a network on the series of a table up to the first forecast that is held out. */
final class ForecastJob implements Job<WindowBatch> {
    private static final System.Logger LOG = System.getLogger(ForecastJob.class.getName());
    private static final int TEST_BATCH = 256;

    private final ForecastRecipe.Config config;
    private final ForecastTask task;
    private final Trainer<WindowBatch> trainer;
    private Backtest backtest; // read when a loader is asked for

    ForecastJob(ForecastRecipe.Config config) {
        this.config = config;
        Torch.seed(config.seed());
        var model = config.model().of(config, config.covariates().size(), config.levels());
        task = ForecastTask.of(model, config.windows(), config.levels(), config.season());
        trainer = Trainer.of(task).optimizer(m -> new AdamW(m, config.learningRate(),
                        AdamW.DEFAULT.weightDecay(config.weightDecay())))
                .epochs(config.epochs()).scheduleOver(Schedule::cosine).seed(config.seed());
    }

    private Backtest backtest() {
        if (backtest == null) {
            backtest = Backtest.last(series(), config.horizon(), config.origins(), config.season());
            var naive = backtest.of(Baselines.seasonalNaive(config.season()));
            LOG.log(Level.INFO, "The seasonal naive forecast has " + naive + ".");
            if (!Double.isFinite(naive.mase())) {
                LOG.log(Level.WARNING, "A series repeats its season of " + config.season() + " steps without a change"
                        + " before it is forecast: MASE and CRPS, which count in the errors of such a repetition, tell"
                        + " nothing of it.");
            }
        }
        return backtest;
    }

    private List<Series> series() {
        if (config.data().isEmpty()) {
            throw new IllegalArgumentException("data: expected a table, such as sales.csv. Received none; add"
                    + " data=<file>.");
        }
        var rows = Table.of(config.data(), List.of()).frame();
        var all = SeriesRows.of(rows, config.columns());
        var time = rows.column(config.time());
        for (var one : all) {
            if (!TimeSteps.haveGap(time, one.rows())) continue;
            LOG.log(Level.WARNING, "Series " + one.series().name() + ": some times are further apart than others."
                    + " Steps are taken for equally long; if one is missing, add a row of it without a value.");
        }
        return all.stream().map(one -> one.series().filled()).toList();
    }

    @Override public Trainer<WindowBatch> trainer() { return trainer; }

    @Override public Loader<WindowBatch> train() {
        return task.train(backtest().training(), config.batchSize(), config.seed());
    }

    @Override public Loader<WindowBatch> test() { return task.test(backtest(), TEST_BATCH); }

    @Override public Summary summary() {
        int steps = config.context() + config.horizon();
        return Summary.of(task.model(), () -> task.model().forward(Tensor.zeros(1, config.context()),
                Tensor.zeros(1, steps, config.covariates().size())));
    }

    @Override public Signature signature() {
        int steps = config.context() + config.horizon(), count = config.covariates().size();
        var inputs = new ArrayList<>(List.of(Signature.floats("past", "batch", config.context())));
        if (count > 0) inputs.add(Signature.floats("covariates", "batch", steps, count));
        var net = task.model();
        return new Signature(net, inputs, List.of("quantiles"), x -> List.of(net.forward(x.getFirst(),
                count > 0 ? x.get(1) : x.getFirst().newZeros(x.getFirst().size(0), steps, 0))));
    }

    @Override public ForecastPredictor predictor() {
        return new ForecastPredictor(task.method(), config.columns(), config.horizon());
    }
}

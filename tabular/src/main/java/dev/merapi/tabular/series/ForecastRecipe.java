package dev.merapi.tabular.series;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import java.util.List;

/** The next steps of the series in a table. */
public final class ForecastRecipe implements Recipe<ForecastRecipe.Config> {
    /** Settings. */
    public record Config(
            @Describe("a table's file, or a query: select … from 'file.csv'") String data,
            @Describe("the column of dates or numbers by which rows are ordered") String time,
            @Describe("the column to foretell") String target,
            @Describe("the column that names the series of a row; empty for one series") String series,
            @Describe("columns of numbers that are known of the future too, such as price") List<String> covariates,
            @Describe("the network") ForecastModel model,
            @Describe("steps that it sees") int context,
            @Describe("steps that it foretells") int horizon,
            @Describe("steps of a season, by whose naive forecast errors are scaled; 12 for months") int season,
            @Describe("levels of the quantiles, with 0.5 among them") List<Double> levels,
            @Describe("values are scaled by the window, by the whole series, or not at all") WindowOptions.Scaling
                    scaling,
            @Describe("forecasts at the end of each series that are held out, a horizon apart") int origins,
            @Describe("of the network's layers; not of dlinear") int width,
            @Describe("how many; not of dlinear") int layers,
            @Describe("of tcn and patch_tst") double dropout,
            @Describe("passes over all windows") int epochs,
            @Describe("windows in a step") int batchSize,
            @Describe("of AdamW at the start; falls to 0 along a cosine") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("of the first weights, the order and dropout") long seed) {
        public Config {
            covariates = List.copyOf(covariates);
            levels = Forecast.checked(levels);
            Expect.atLeast("context", 1, context);
            Expect.atLeast("horizon", 1, horizon);
            Expect.atLeast("season", 1, season);
            Expect.atLeast("origins", 1, origins);
            Expect.atLeast("width", 1, width);
            Expect.atLeast("layers", 1, layers);
            Expect.that(dropout >= 0 && dropout < 1, "dropout", "from 0 to below 1", dropout);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
            if (model == ForecastModel.PATCH_TST) {
                Expect.that(width % 4 == 0, "width", "a multiple of patch_tst's 4 heads", width);
            }
        }

        Series.Columns columns() { return new Series.Columns(time, target, series, covariates); }

        WindowOptions windows() { return new WindowOptions(context, horizon, scaling); }
    }

    @Override public String name() { return "forecast"; }

    @Override public String description() {
        return "The next steps of series: data=<file> time=<column> target=<column>, by dlinear, nbeats, patch_tst and"
                + " others";
    }

    @Override public Config defaults() {
        return new Config("", "time", "value", "", List.of(), ForecastModel.NBEATS, 36, 12, 12,
                List.of(0.1, 0.25, 0.5, 0.75, 0.9), WindowOptions.Scaling.WINDOW, 3, 64, 2, 0.1, 30, 32, 1e-3, 0.01,
                1337);
    }

    @Override public Job<?> job(Config config) { return new ForecastJob(config); }
}

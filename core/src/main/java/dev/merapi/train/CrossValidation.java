package dev.merapi.train;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Trains a new model on each fold's training part and measures it on the part left out.
 *
 * <pre>{@code
 * var result = CrossValidation.run(Split.kFold(data, 5, 1337), fold -> Trainer.of(Classification.of(newModel(), 3))
 *         .optimizer(m -> new Adam(m, 1e-3)).epochs(20)
 *         .fit(Loader.of(fold.train(), 32).shuffle(1337), Loader.of(fold.test(), 256)));
 * IO.println(result.mean("accuracy") + " ± " + result.std("accuracy"));
 * }</pre>
 */
public final class CrossValidation {
    private CrossValidation() {}

    /**
     * One run for each fold, in order; values are those of a run's last epoch.
     *
     * @param runs one for each fold
     */
    public record Result(List<Run> runs) {
        public Result {
            runs = List.copyOf(runs);
        }

        /** The mean of a value over the folds. */
        public double mean(String name) {
            return runs.stream().mapToDouble(run -> run.last().value(name)).average().orElseThrow();
        }

        /** The standard deviation of a value between the folds (divisor: folds - 1). */
        public double std(String name) {
            double mean = mean(name);
            double squares = runs.stream().mapToDouble(run -> Math.pow(run.last().value(name) - mean, 2)).sum();
            return Math.sqrt(squares / (runs.size() - 1));
        }
    }

    /**
     * Runs every fold.
     *
     * @param fit trains on one fold, from a model made for it
     * @throws IllegalArgumentException for fewer than 2 folds
     */
    public static <F> Result run(List<F> folds, Function<? super F, Run> fit) {
        Expect.atLeast("CrossValidation.folds", 2, folds.size());
        var runs = new ArrayList<Run>();
        for (F fold : folds) runs.add(fit.apply(fold));
        return new Result(runs);
    }
}

package dev.merapi.tabular.recommend;

/**
 * What {@link MovieLensProofTest} trains with, by the validation of one seed: the same four tries for each model.
 * Arguments: {@code last} or {@code random}, and models; all without.
 */
final class MovieLensTuning {
    private static final double RATE = 5e-3;
    private static final double[] PENALTIES = {1e-4, 1e-3, 1e-2, 1e-1};
    private static final int PATIENCE = 10;

    private MovieLensTuning() {}

    static void main(String[] arguments) {
        var held = MovieLens.Held.valueOf(arguments[0].toUpperCase());
        var data = MovieLens.of(held);
        for (var model : MovieLens.Model.values()) {
            if (arguments.length > 1 && !arguments[1].contains(model.name().toLowerCase())) continue;
            for (double l2 : PENALTIES) {
                var result = data.train(model, new MovieLens.Tuned(RATE, l2), PATIENCE, 1337);
                System.out.printf("%s %s l2 %s: validation %.4f in epoch %d%n", held, model, l2, result.validation(),
                        result.epoch());
            }
        }
    }
}

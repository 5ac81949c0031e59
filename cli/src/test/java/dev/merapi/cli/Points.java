package dev.merapi.cli;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.io.FileErrors;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A recipe for tests: is a point of the plane left or right of the line x = 0? */
public final class Points implements Recipe<Points.Settings> {
    public record Settings(
            @Describe("passes over the points") int epochs,
            @Describe("of each step") double learningRate,
            @Describe("of the weights and the order") long seed,
            @Describe("makes one value of the training data NaN") boolean poison,
            @Describe("where the test points lie") Side side) {
        public enum Side { BOTH, LEFT }

        public Settings {
            if (epochs < 1) throw new IllegalArgumentException("epochs: expected at least 1. Received " + epochs);
        }
    }

    public record Point(float x, float y) {}

    @Override public String name() { return "points"; }

    @Override public String description() { return "left or right of a line"; }

    @Override public Settings defaults() { return new Settings(3, 0.05, 1, false, Settings.Side.BOTH); }

    @Override public Job<?> job(Settings settings) {
        Torch.seed(settings.seed);
        var model = new Sequential(new Linear(2, 8), new Relu(), new Linear(8, 2));
        var trainer = Trainer.of(Classification.of(model, 2)).epochs(settings.epochs).seed(settings.seed)
                .optimizer(m -> new Adam(m, settings.learningRate));
        return new PointsJob(trainer, settings);
    }

    private record PointsJob(Trainer<Batch> trainer, Settings settings) implements Job<Batch> {
        @Override public Loader<Batch> train() {
            return Loader.of(data(400, 1, settings.poison), 20).shuffle(settings.seed);
        }

        @Override public Loader<Batch> test() { return Loader.of(points(), 50); }

        private Dataset<Batch> points() {
            var all = data(100, 2, false);
            if (settings.side == Settings.Side.BOTH) return all;
            return Dataset.of(all.stream().filter(point -> point.y().toInts()[0] == 0).toList());
        }

        @Override public Summary summary() {
            return Summary.of(trainer.task().model(), () -> answer(Tensor.zeros(1, 2)));
        }

        @Override public List<String> labels() { return List.of("left", "right"); }

        @Override public Predictor<Point, Classes> predictor() {
            return new Predictor<>() {
                @Override public Class<Point> input() { return Point.class; }

                @Override public Class<Classes> output() { return Classes.class; }

                @Override public List<Classes> predict(List<Point> points) {
                    try (var _ = Scope.open()) {
                        var rows = points.stream().map(p -> Tensor.of(new float[] {p.x, p.y}, 2)).toList();
                        return rows.isEmpty() ? List.of() : Classes.of(labels(), answer(Tensor.stack(rows, 0)));
                    }
                }

                /** A file holds a point: two numbers and a space between. */
                @Override public Point parse(String file) {
                    try {
                        var numbers = Files.readString(Path.of(file)).trim().split(" ");
                        return new Point(Float.parseFloat(numbers[0]), Float.parseFloat(numbers[1]));
                    } catch (IOException e) {
                        throw FileErrors.reading(Path.of(file), e);
                    }
                }
            };
        }

        private Tensor answer(Tensor x) { return trainer.task().predict(new Batch(x, Tensor.zeros(1))); }

        private static Dataset<Batch> data(int size, long seed, boolean poison) {
            var random = new Random(seed);
            var x = new float[size][2];
            var y = new int[size];
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < 2; j++) x[i][j] = (float) random.nextGaussian();
                y[i] = x[i][0] < 0 ? 0 : 1;
            }
            if (poison) x[size / 2][0] = Float.NaN;
            return Dataset.of(x, y);
        }
    }
}

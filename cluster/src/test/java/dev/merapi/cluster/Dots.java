package dev.merapi.cluster;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Epoch;
import dev.merapi.train.Listener;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A recipe for tests: is a number below or above 0? A run of it may lose the executor that it is in. */
public final class Dots implements Recipe<Dots.Settings> {
    public record Settings(
            @Describe("passes over the dots") int epochs,
            @Describe("of the weights") long seed,
            @Describe("kills its process in the middle, if this file is not there yet, and makes it") String kills) { }

    /** How sure it is that a number is above 0. */
    public record Answer(boolean above, double probability) { }

    @Override public String name() { return "dots"; }

    @Override public String description() { return "below or above 0"; }

    @Override public Settings defaults() { return new Settings(4, 1, ""); }

    @Override public Job<?> job(Settings settings) {
        Torch.seed(settings.seed);
        var model = new Sequential(new Linear(1, 4), Tensor::tanh, new Linear(4, 2));
        var trainer = Trainer.of(Classification.of(model, 2)).epochs(settings.epochs).seed(settings.seed)
                .optimizer(m -> new Adam(m, 0.05));
        if (!settings.kills.isEmpty()) trainer.listen(new Killer(Path.of(settings.kills), settings.epochs / 2));
        return new DotsJob(trainer);
    }

    /** Ends its process as kill -9 does. */
    private record Killer(Path done, int at) implements Listener {
        @Override public void epoch(Epoch epoch) {
            if (epoch.epoch() != at || Files.exists(done)) return;
            try {
                Files.createFile(done);
                new ProcessBuilder("kill", "-9", "" + ProcessHandle.current().pid()).start().waitFor();
                Thread.sleep(60_000);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record DotsJob(Trainer<Batch> trainer) implements Job<Batch> {
        @Override public Loader<Batch> train() { return Loader.of(data(320, 1), 10).shuffle(1).workers(0); }

        @Override public Loader<Batch> test() { return Loader.of(data(100, 2), 50).workers(0); }

        private static Dataset<Batch> data(int size, long seed) {
            var random = new Random(seed);
            var x = new float[size][1];
            var y = new int[size];
            for (int i = 0; i < size; i++) {
                x[i][0] = (float) random.nextGaussian();
                y[i] = x[i][0] < 0 ? 0 : 1;
            }
            return Dataset.of(x, y);
        }

        @Override public Summary summary() {
            return Summary.of(trainer.task().model(), () -> answer(Tensor.zeros(1, 1)));
        }

        private Tensor answer(Tensor x) { return trainer.task().predict(new Batch(x, Tensor.zeros(1))); }

        @Override public Predictor<Double, Answer> predictor() {
            return new Predictor<>() {
                @Override public Class<Double> input() { return Double.class; }

                @Override public Class<Answer> output() { return Answer.class; }

                @Override public List<Answer> predict(List<Double> numbers) {
                    try (var _ = Scope.open()) {
                        var x = Tensor.of(numbers.stream().mapToDouble(n -> n).toArray()).to(trainer.task().model()
                                .dtype()).view(-1, 1);
                        double[] above = answer(x).softmax(1).select(1, 1).toDoubles();
                        return Arrays.stream(above).mapToObj(p -> new Answer(p > 0.5, p)).toList();
                    }
                }

                @Override public Double parse(String typed) { return Double.valueOf(typed); }
            };
        }
    }
}

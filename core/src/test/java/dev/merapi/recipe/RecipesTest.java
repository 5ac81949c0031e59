package dev.merapi.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Regression;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RecipesTest {
    private static final ClassLoader LOADER = Thread.currentThread().getContextClassLoader();

    @TempDir static Path services;

    @BeforeAll static void register() throws IOException { register(services); }

    /** A file of services that the tests of other modules do not see. */
    static void register(Path services) throws IOException {
        var file = services.resolve("META-INF/services/" + Recipe.class.getName());
        Files.createDirectories(file.getParent());
        Files.writeString(file, Line.class.getName());
        Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[] {services.toUri().toURL()}, LOADER));
    }

    @AfterAll static void forget() { Thread.currentThread().setContextClassLoader(LOADER); }

    /** Found through {@link #register}. */
    public static final class Line implements Recipe<Line.Config> {
        static Linear last; // the model of the job that was made last

        /** @param data what the slope is multiplied by */
        public record Config(int epochs, double rate, double data) {}

        @Override public String name() { return "line"; }

        @Override public String description() { return "A line through points"; }

        @Override public Config defaults() { return new Config(10, 0.1, 1); }

        @Override public Job<?> job(Config config) {
            Torch.seed(1);
            last = new Linear(1, 1);
            var trainer = Trainer.of(Regression.of(last))
                    .optimizer(m -> new Adam(m, config.rate)).epochs(config.epochs);
            return new Job<Batch>() {
                @Override public Trainer<Batch> trainer() { return trainer; }
                @Override public Loader<Batch> train() { return points(config.data); }
                @Override public Loader<Batch> test() { return points(config.data); }
                @Override public Summary summary() {
                    return Summary.of((Linear) trainer.task().model(), 1, 1);
                }
            };
        }

        private static Loader<Batch> points(double slope) {
            var x = Tensor.linspace(-1, 1, 200).reshape(200, 1);
            return Loader.of(Dataset.of(x, x.mul(3 * slope)), 20);
        }
    }

    @Test void aRecipeIsFoundByNameAndTrains() {
        var recipe = Recipes.named("line");
        assertEquals("A line through points", recipe.description());
        try (var job = recipe.job()) {
            assertTrue(job.fit().best("mae") < 0.1);
            assertEquals(job.fit().last().value("mae"), job.evaluate().get("mae"), 1e-6);
            assertEquals(2, job.summary().trainable());
            assertEquals("This recipe has no predictor.",
                    assertThrows(UnsupportedOperationException.class, job::predictor).getMessage());
        }
    }

    @Test void anUnknownNameListsTheKnown() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Recipes.named("lime")).getMessage()
                .matches("unknown recipe lime. Did you mean line\\? Known are .*line.*"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Recipes.named("painting")).getMessage()
                .startsWith("unknown recipe painting. Known are "), "nothing is like it");
    }
}

package dev.merapi.vision.recipe;

import dev.merapi.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The recipes' defaults on the real data; minutes each. The full sets are looked for in {@code $MERAPI_CACHE}, in
 * {@code fashion-mnist}, {@code mnist} and {@code cifar-10}; {@code docs/results/vision.md} says where from.
 */
@Tag("proof")
class RecipesProofTest {
    @Test void theEmbeddedClothes() { assertAccuracy(0.89, new FashionRecipe(), new FashionRecipe().defaults()); }

    @Test void allClothes() {
        assertAccuracy(0.92, new FashionFullRecipe(), at("fashion-mnist", new FashionFullRecipe()));
    }

    @Test void digits() { assertAccuracy(0.99, new MnistRecipe(), at("mnist", new MnistRecipe())); }

    @Test void photos() { assertAccuracy(0.70, new Cifar10Recipe(), at("cifar-10", new Cifar10Recipe())); }

    private static void assertAccuracy(double expected, Recipe<ImageConfig> recipe, ImageConfig config) {
        try (var job = (ImageJob) recipe.job(config); var train = job.train(); var test = job.test()) {
            double accuracy = job.trainer().fit(train, test).last().value("accuracy");
            System.out.println(recipe.name() + " " + config + ": accuracy " + accuracy);
            assertTrue(accuracy >= expected, recipe.name() + ": accuracy " + accuracy);
        }
    }

    private static ImageConfig at(String name, Recipe<ImageConfig> recipe) {
        String cache = System.getenv("MERAPI_CACHE");
        assumeTrue(cache != null, "MERAPI_CACHE is not set: no full data sets");
        Path data = Path.of(cache, name);
        assumeTrue(Files.isDirectory(data), data + " is missing");
        var d = recipe.defaults();
        return new ImageConfig(data.toString(), d.model(), d.epochs(), d.batchSize(), d.optimizer(), d.learningRate(),
                d.weightDecay(), d.augment(), d.seed());
    }
}

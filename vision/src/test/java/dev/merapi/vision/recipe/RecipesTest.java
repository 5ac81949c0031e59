package dev.merapi.vision.recipe;

import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.data.FashionMnist;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RecipesTest {
    @TempDir Path folder;

    @Test void theServiceLoaderFindsThem() {
        assertEquals(List.of("cifar10", "detection", "fashion", "fashion-full", "image-embedding", "image-folder",
                        "mnist", "segmentation", "video-folder"),
                Recipes.all().stream().map(Recipe::name).toList());
    }

    /** A linear model reaches 0.75 in an epoch. */
    @Test void theMlpLearnsClothesInTwoEpochs() {
        var config = new ImageConfig("", Network.MLP, 2, 64, ImageConfig.Descent.ADAMW, 2e-3, 0, false, 1);
        try (var job = (ImageJob) new FashionRecipe().job(config); var train = job.train(); var test = job.test()) {
            assertEquals(101_770, job.summary().trainable());
            assertEquals(FashionMnist.CLASSES, job.labels());
            double accuracy = job.trainer().fit(train, test).last().value("accuracy");
            assertTrue(accuracy > 0.78, "accuracy " + accuracy);
        }
    }

    @Test void imagesInFoldersAreLearnedAndPredicted() throws IOException {
        for (int i = 0; i < 8; i++) {
            picture("train/blue/%d.png".formatted(i), 10 + i, 14, 0x2030C0 + i);
            picture("train/red/%d.png".formatted(i), 20, 9 + i, 0xC03020 + i);
        }
        picture("test/blue/a.png", 12, 12, 0x1010FF);
        picture("test/red/a.png", 12, 12, 0xFF1010);
        String[] config = {"data=" + folder, "image_size=8", "epochs=4", "batch_size=8", "weight_decay=0", "seed=1"};
        try (var job = (ImageJob) new ImageFolderRecipe().job(config); var train = job.train(); var test = job.test()) {
            assertEquals(1, job.trainer().fit(train, test).last().value("accuracy"));
            var seen = job.predictor().classify(folder.resolve("test/red/a.png"));
            assertEquals(List.of("blue", "red"), seen.labels());
            assertEquals("red", seen.best().label());
            assertEquals(1, seen.probability("blue") + seen.probability("red"), 1e-6);
            assertEquals(seen.best().toString(),
                    job.predictor().ask(folder.resolve("test/red/a.png").toString(), 1));
            job.predictor().close();
            assertEquals(seen, job.predictor().classify(folder.resolve("test/red/a.png")),
                    "closing a predictor takes nothing away from its job");
        }
    }

    @Test void aFlatFolderIsDividedBySettings() throws IOException {
        for (int i = 0; i < 10; i++) {
            picture("blue/%d.png".formatted(i), 8, 8, 0x2030C0 + i);
            picture("red/%d.png".formatted(i), 8, 8, 0xC03020 + i);
        }
        String[] settings = {"data=" + folder, "image_size=8", "model=batch_norm_cnn", "test_fraction=0.3",
            "batch_size=1"};
        try (var job = (ImageJob) new ImageFolderRecipe().job(settings); var train = job.train();
                var test = job.test()) {
            assertEquals(List.of("blue", "red"), job.labels());
            assertEquals(14, train.batches());
            assertEquals(1, test.batches());
            try (var batches = test.iterator(); var _ = Scope.open()) {
                assertArrayEquals(new long[] {0, 0, 0, 1, 1, 1}, batches.next().y().toLongs());
            }
        }
    }

    @Test void equalSeedsStartAlike() {
        assertArrayEquals(start(5), start(5));
        assertTrue(start(5)[0] != start(6)[0]);
    }

    /** A first weight, and the first batch's pixels. */
    private static float[] start(long seed) {
        var config = new ImageConfig("", Network.CNN, 1, 2, ImageConfig.Descent.ADAMW, 1e-3, 0, true, seed);
        try (var job = (ImageJob) new FashionRecipe().job(config); var train = job.train();
                var batches = train.iterator(); var _ = Scope.open()) {
            float[] values = batches.next().x().toFloats();
            values[0] = job.trainer().task().model().params().get("0.weight").toFloats()[0];
            return values;
        }
    }

    @Test void settingsAreChecked() {
        assertMessage("learning_rate: expected more than 0. Received 0.0.",
                () -> new ImageConfig("", Network.CNN, 1, 1, ImageConfig.Descent.ADAMW, 0, 0, false, 1));
        assertMessage("weight_decay: expected at least 0. Received NaN.",
                () -> new ImageConfig("", Network.CNN, 1, 1, ImageConfig.Descent.ADAMW, 1, Double.NaN, false, 1));
        assertMessage("epochs: expected at least 1. Received 0.",
                () -> new ImageConfig("", Network.CNN, 0, 1, ImageConfig.Descent.ADAMW, 1, 0, false, 1));
        assertMessage("model: expected cnn, batch_norm_cnn, resnet18 or resnet20 for RGB images of 32x32."
                + " Received mlp",
                () -> new Cifar10Recipe().job("model=mlp"));
        assertMessage("image-folder: freeze, rates, from_scratch: expected a pretrained network that they are about."
                + " Received none; add pretrained=<folder or hub id>.",
                () -> new ImageFolderRecipe().job("freeze=conv1.*"));
        assertMessage("image-folder: test_fraction: expected between 0 and 1. Received 1.0",
                () -> new ImageFolderRecipe().job("test_fraction=1"));
        assertMessage("data: expected a folder with a folder for each class in it, or train/ and test/ with such."
                + " Received none; add data=<folder>.", () -> new ImageFolderRecipe().job());
    }

    @Test void aFolderThatIsMissingIsNamed() {
        Path missing = folder.resolve("nowhere");
        var error = assertThrows(UncheckedIOException.class, () -> new ImageFolderRecipe().job("data=" + missing));
        assertEquals("Could not read " + missing + ": there is no such file or folder.",
                error.getMessage());
    }

    @Test void aSlipInThePathStartsNoDownload() {
        Path missing = folder.resolve("nowhere");
        var config = new ImageConfig(missing.toString(), Network.MLP, 1, 1, ImageConfig.Descent.ADAMW, 1, 0, false, 1);
        for (var recipe : List.of(new FashionRecipe(), new FashionFullRecipe(), new MnistRecipe())) {
            try (var job = recipe.job(config)) {
                assertMessage("data: expected a folder that exists. Received " + missing + ".", job::train);
            }
        }
        assertTrue(Files.notExists(missing));
    }

    private void picture(String name, int width, int height, int rgb) throws IOException {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) image.setRGB(i % width, i / width, rgb);
        Files.createDirectories(folder.resolve(name).getParent());
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}

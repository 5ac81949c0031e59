package dev.merapi.vision.recipe;

import dev.merapi.data.Batch;
import dev.merapi.recipe.Command;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.data.OpenSet;
import dev.merapi.vision.pipeline.ImageEmbedder;
import dev.merapi.vision.pipeline.SimilarCommand;
import dev.merapi.vision.transform.ImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** From folders of pictures to those that are alike, on noisy pictures of one colour for each class. */
class EmbeddingRecipeTest {
    private static final String[] COLOURS = {"blue", "cyan", "gray", "green", "lime", "orange", "pink", "red"};
    private static final int[][] RGB = {{20, 20, 220}, {20, 220, 220}, {120, 120, 120}, {20, 120, 20}, {150, 250, 20},
        {250, 140, 20}, {250, 120, 200}, {220, 20, 20}};

    @TempDir Path folder;

    private void pictures(int each) throws IOException {
        var random = new SplittableRandom(1);
        for (int c = 0; c < COLOURS.length; c++) {
            for (int i = 0; i < each; i++) {
                var image = new Image(36, 40, 3);
                for (int p = 0; p < image.pixels().length; p++) {
                    image.pixels()[p] = (byte) Math.clamp(RGB[c][p % 3] + random.nextInt(-40, 41), 0, 255);
                }
                image.write(folder.resolve("data/" + COLOURS[c] + "/" + i + ".png"));
            }
        }
    }

    private String[] settings(String... more) {
        var all = new ArrayList<>(List.of("data=" + folder.resolve("data"), "image_size=32", "batch_size=12",
                "test_fraction=0.3", "width=16", "augment=false", "epochs=4"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @ParameterizedTest @ValueSource(strings = {"loss=arcface", "loss=triplet"})
    void coloursThatWereNotLearntAreFoundAgain(String loss) throws IOException {
        pictures(9);
        Path run = folder.resolve("run");
        var open = OpenSet.of(folder.resolve("data"), 0.3, 1337, OnError.FAIL);
        assertEquals(6, open.classes().size());
        try (var job = new EmbeddingRecipe().job(settings(loss))) {
            var trained = job.fit(run);
            assertTrue(trained.best("recall_1") > 0.9, "recall_1 " + trained.best("recall_1"));
            assertEquals(List.of(), job.labels());
        }
        String unseen = List.of(COLOURS).stream().filter(name -> !open.classes().contains(name)).findFirst()
                .orElseThrow();
        Files.writeString(folder.resolve("data/" + unseen + "/broken.png"), "no picture");
        Path picture = folder.resolve("data/" + unseen + "/0.png");
        var answers = new Said();
        new SimilarCommand().run(List.of(run.toString(), picture.toString(), folder.resolve("data").toString()),
                new SimilarCommand.Config(3), Device.CPU, answers);
        var found = answers.words.getFirst().split(", ");
        assertEquals(3, found.length);
        for (String one : found) {
            assertTrue(one.contains("/" + unseen + "/") && !one.contains("/0.png"), answers.words::toString);
        }
        assertEquals(1, answers.errors.size());
        assertTrue(answers.errors.getFirst().contains("broken.png"), answers.errors::toString);
        try (var embedder = ImageEmbedder.open(run)) {
            float[] vector = embedder.predict(Image.read(picture));
            assertEquals(16, vector.length);
            assertEquals(1, ImageEmbedder.cosine(vector, vector), 1e-5);
        }
    }

    /** What the model is shown of a picture in training is what it is shown in use. */
    @Test void trainingAndUseSeeTheSame() throws IOException {
        pictures(3);
        try (var job = (EmbeddingJob) new EmbeddingRecipe().job(settings()); var test = job.test();
                var _ = Scope.open()) {
            job.save(folder.resolve("run"));
            Batch batch = test.iterator().next();
            var open = OpenSet.of(folder.resolve("data"), 0.3, 1337, OnError.FAIL);
            String first = List.of(COLOURS).stream().filter(name -> !open.classes().contains(name)).findFirst()
                    .orElseThrow();
            var used = ImageProcessor.open(folder.resolve("run"))
                    .batch(List.of(Image.read(folder.resolve("data/" + first + "/0.png"))));
            assertArrayEquals(used.toFloats(), batch.x().narrow(0, 0, 1).toFloats());
            float[] asked = job.predictor().predict(Image.read(folder.resolve("data/" + first + "/0.png")));
            assertArrayEquals(asked, answer(job, batch), 1e-5f);
        }
    }

    private static float[] answer(EmbeddingJob job, Batch batch) {
        var model = job.trainer().task().model();
        try (var _ = model.evaluating()) {
            Tensor vectors = job.trainer().task().predict(batch);
            return vectors.select(0, 0).toFloats();
        }
    }

    @Test void testClassesAreOthersThanThoseLearntFrom() throws IOException {
        pictures(2);
        var open = OpenSet.of(folder.resolve("data"), 0.3, 7, OnError.FAIL);
        for (int i = 0; i < open.train().size(); i++) {
            assertEquals(open.labels()[i], open.train().get(i).label());
            int[] rgb = RGB[List.of(COLOURS).indexOf(open.classes().get(open.labels()[i]))];
            assertEquals(rgb[0], open.train().get(i).image().at(0, 0, 0), 41);
        }
        assertEquals(16, open.train().size() + open.test().size());
        assertEquals(4, open.test().size());
        var clothes = OpenSet.fashion();
        assertEquals(List.of(7, 7000), List.of(clothes.classes().size(), clothes.train().size()));
        assertEquals(600, clothes.test().size());
    }

    @Test void damagedPicturesAreNamedOrLeftOut() throws IOException {
        pictures(4);
        Path damaged = Files.write(folder.resolve("data/red/0.png"), new byte[0]);
        for (String name : COLOURS) Files.writeString(folder.resolve("data/" + name + "/text.jpg"), "no picture");
        try (var job = new EmbeddingRecipe().job(settings("epochs=1"))) {
            assertThrows(RuntimeException.class, job::fit);
        }
        var open = OpenSet.of(folder.resolve("data"), 0.3, 1337, OnError.SKIP);
        assertEquals(List.of(9, 31), List.of(open.skipped().size(), open.train().size() + open.test().size()));
        assertTrue(open.skipped().stream().anyMatch(line -> line.startsWith(damaged + ": expected a")));
        try (var job = new EmbeddingRecipe().job(settings("epochs=1", "on_error=skip"))) {
            assertTrue(job.fit().last().value("recall_1") > 0);
        }
    }

    @Test void mistakesAreNamed() throws IOException {
        assertMessage("data: expected a folder that exists. Received nowhere.",
                () -> new EmbeddingRecipe().job("data=nowhere"));
        assertMessage("image-embedding: image_size: expected a multiple of 32. Received 100.",
                () -> new EmbeddingRecipe().job("image_size=100"));
        Files.createDirectories(folder.resolve("data/one"));
        new Image(4, 4, 3).write(folder.resolve("data/one/a.png"));
        new Image(4, 4, 3).write(folder.resolve("data/two/a.png"));
        assertMessage("data: expected two classes to train on, or more. Received [one].",
                () -> new EmbeddingRecipe().job("data=" + folder.resolve("data"), "seed=2"), "[two]", "[one]");
        assertMessage("similar: expected a run, at least one picture, and a folder of pictures. Received [a, b].",
                () -> new SimilarCommand().run(List.of("a", "b"), new SimilarCommand.Config(1), Device.CPU,
                        new Said()));
    }

    private static void assertMessage(String expected, Runnable mistake, String... alike) {
        String message = assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
        if (alike.length == 2) message = message.replace(alike[0], alike[1]);
        assertEquals(expected, message);
    }

    private static final class Said implements Command.Answers {
        private final List<String> words = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();

        @Override public void answer(String input, Command.Answer answer) { words.add(answer.words()); }

        @Override public void failed(String input, RuntimeException error) { errors.add(error.getMessage()); }
    }
}

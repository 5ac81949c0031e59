package dev.merapi.speech.command;

import dev.merapi.data.Batch;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.speech.Goldens;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.clip.Tones;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.merapi.speech.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Networks against what {@code src/test/python/clip_goldens.py} computed, and the recipe on tones. */
class CommandsTest {
    private static final Goldens GOLDENS = Goldens.open("clips");

    @TempDir Path folder;

    @Test void networksComputeWhatTorchDoes() {
        assertComputed("ds_cnn", new DsCnn(new DsCnn.Config(6, 2), 4), "x");
        assertComputed("bc_resnet", new BcResNet(1, 4), "x40");
    }

    private static <M extends Layer & Unary> void assertComputed(String name, M model, String input) {
        long before = Scope.live();
        GOLDENS.load(name + "/param.", model).eval();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            assertClose(GOLDENS.tensor(name + "/y"), model.forward(GOLDENS.tensor(input)), 1e-4, name);
        }
        model.close();
        assertTrue(Scope.live() < before + 1);
    }

    /** The paper's table 2 says 9.2 thousand for BC-ResNet-1 of 12 words. */
    @Test void theSmallestHasItsPublishedSize() {
        try (var model = new BcResNet(1, 12)) {
            assertEquals(9.2, model.parameterCount() / 1000.0, 0.1);
        }
    }

    @Test void whatIsLearntIsHeardAgain() throws IOException {
        Tones.write(folder.resolve("data"), 20, "high", "higher");
        Path run = folder.resolve("run");
        long before = Scope.live();
        try (var job = job("model=ds_cnn", "scale=0.25", "augment=false")) {
            job.fit(run);
            assertEquals(1, job.evaluate().get("accuracy"));
        }
        try (var opened = SoundClassifier.open(run)) {
            Audio tone = Tones.of(302, 900);
            assertEquals("high", opened.predict(tone).best().label());
            assertEquals(opened.predict(tone).probabilities()[0],
                    opened.predict(List.of(Tones.of(600, 1), tone)).get(1).probabilities()[0], 1e-5);
            assertEquals("higher", opened.predict(tone.resample(16_000)).labels().get(1));
        }
        try (var opened = Predictor.open(run)) {
            Path file = folder.resolve("x.wav");
            Tones.of(601, 901).write(file);
            assertEquals(opened.as(Audio.class, Classes.class).predict(Audio.read(file)).best().toString(),
                    opened.ask(file.toString(), 1));
        }
        assertTrue(Scope.live() <= before);
    }

    /** One file, as the test set has it and as a user asks about it. */
    @Test void inUseSoundsAreHeardAsInTraining() throws IOException {
        Tones.write(folder.resolve("data"), 4, "high", "higher");
        try (var job = job(); var test = job.test(); var _ = Scope.open();
                var predictor = (SoundClassifier) job.predictor()) {
            job.trainer().task().model().eval();
            for (Batch batch : test) {
                float[] expected = job.trainer().predict(batch).toFloats();
                Path first = folder.resolve("data/high/s1_nohash_0.wav");
                assertEquals(2 * batch.size(), expected.length);
                double[] asked = predictor.predict(predictor.parse(first.toString())).probabilities();
                assertTrue(contains(expected, asked), "the same probabilities");
                break;
            }
        }
    }

    private static boolean contains(float[] rows, double... row) {
        for (int i = 0; i < rows.length; i += row.length) {
            if (Math.abs(rows[i] - row[0]) < 1e-5) return true;
        }
        return false;
    }

    @SuppressWarnings("unchecked") // the recipe's batches
    private Job<Batch> job(String... settings) {
        var all = new ArrayList<>(List.of("data=" + folder.resolve("data"), "rate=8000", "seconds=0.5",
                "epochs=15", "batch_size=8", "test_fraction=0.3"));
        all.addAll(List.of(settings));
        return (Job<Batch>) Recipes.named("speech-commands").job(all.toArray(String[]::new));
    }

    @Test void badInputIsNamed() {
        assertEquals("speech-commands: bands: expected a multiple of 20 for bc_resnet. Received 32.",
                assertThrows(IllegalArgumentException.class, () -> job("bands=32")).getMessage());
        try (var model = new BcResNet(1, 3); var _ = Scope.open()) {
            model.eval();
            assertThrows(IllegalArgumentException.class, () -> model.forward(Tensor.zeros(1, 30, 20)));
            assertArrayEquals(new long[] {1, 3}, model.forward(Tensor.zeros(1, 40, 20)).shape());
        }
    }
}

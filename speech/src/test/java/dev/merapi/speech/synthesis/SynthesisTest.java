package dev.merapi.speech.synthesis;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.speech.Goldens;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.merapi.speech.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Parts of a voice by hand and against what {@code src/test/python/hifi_goldens.py} computed; a voice of tones. */
class SynthesisTest {
    private static final int RATE = 8000;

    @TempDir Path folder;

    @Test void generatorAndDiscriminatorsComputeWhatTorchDoes() {
        var goldens = Goldens.open("hifi");
        long before = Scope.live();
        try (var generator = goldens.load("generator/", new HifiGenerator(5, 8, List.of(4, 2)));
                var discriminators = goldens.load("discriminators/", new HifiDiscriminators(4));
                var _ = Scope.open(); var _ = Torch.noGrad()) {
            assertClose(goldens.tensor("samples"), generator.forward(goldens.tensor("bands")), 1e-4, "samples");
            var said = discriminators.forward(goldens.tensor("wave"));
            assertEquals(8, said.size());
            for (int i = 0; i < said.size(); i++) {
                assertClose(goldens.tensor("score." + i), said.get(i).score(), 1e-3, "score " + i);
                assertClose(goldens.tensor("feature." + i), said.get(i).features().get(1), 1e-3, "feature " + i);
            }
        }
        assertTrue(Scope.live() <= before);
    }

    /** All ways of five frames over three symbols are tried. */
    @Test void theSearchFindsTheLikeliestWay() {
        var random = new SplittableRandom(4);
        for (int trial = 0; trial < 20; trial++) {
            var scores = new float[15];
            for (int i = 0; i < scores.length; i++) scores[i] = (float) -random.nextDouble();
            double best = Double.NEGATIVE_INFINITY;
            int[] expected = {};
            for (int a = 1; a <= 3; a++) {
                for (int b = 1; a + b <= 4; b++) {
                    var path = new int[5];
                    double sum = 0;
                    for (int t = 0; t < 5; t++) {
                        path[t] = t < a ? 0 : t < a + b ? 1 : 2;
                        sum += scores[3 * t + path[t]];
                    }
                    if (sum <= best) continue;
                    best = sum;
                    expected = path;
                }
            }
            assertArrayEquals(expected, MonotonicSearch.best(scores, 0, 3, 5, 3));
        }
        assertEquals("MonotonicSearch: expected a frame at least for each of 3 symbols. Received 2.",
                assertThrows(IllegalArgumentException.class, () -> MonotonicSearch.best(new float[6], 0, 3, 2, 3))
                        .getMessage());
    }

    @Test void theHeightOfAVoiceIsFound() {
        var samples = new float[RATE];
        for (int t = 0; t < RATE / 2; t++) {
            double at = 2 * Math.PI * 160 * t / RATE;
            samples[t] = (float) (0.3 * Math.sin(at) + 0.2 * Math.sin(2 * at) + 0.1 * Math.sin(3 * at));
        }
        float[] pitch = PitchTracker.track(samples, RATE, 128, 60);
        assertEquals(160, 200 * Math.exp(0.4 * pitch[15]), 2);
        assertTrue(Float.isNaN(pitch[45]), "silence has none");
    }

    /** Of magnitudes of a sound, samples whose magnitudes are nearly the same. */
    @Test void phasesAreFound() {
        var processor = VoiceProcessor.of(RATE, 40);
        try (var _ = Scope.open()) {
            Tensor sound = Tensor.of(word("ab").samples());
            Tensor magnitudes = processor.stft().forward(sound).abs();
            Tensor again = processor.stft().forward(GriffinLim.DEFAULT.samples(magnitudes, processor.stft())).abs();
            double error = again.sub(magnitudes).norm().item() / magnitudes.norm().item();
            assertTrue(error < 0.25, () -> "spectral convergence " + error);
        }
    }

    @Test void distancesAreThoseOfStretchedSounds() {
        float[][] a = {{1, 0, 2}, {0, 3, 1}, {2, 2, 0}};
        float[][] slow = {{1, 0, 2}, {1, 0, 2}, {0, 3, 1}, {2, 2, 0}, {2, 2, 0}};
        assertEquals(0, MelCepstralDistortion.between(a, slow), 1e-9);
        // one frame: cepstra of halves, c_k = 2/3 Σ (Δ/2) cos; loudness alone does not matter
        assertEquals(0, MelCepstralDistortion.between(new float[][] {{1, 2, 3}}, new float[][] {{5, 6, 7}}), 1e-6);
        assertTrue(MelCepstralDistortion.between(a, new float[][] {{3, 0, 0}}) > 1);
    }

    @Test void textsAreSymbols() {
        assertArrayEquals(new long[] {1, 10, 11, 1, 10, 1}, SpokenSymbols.ENGLISH.encode(" HI  h"));
        assertEquals("SpokenSymbols: expected letters of \" 'abcdefghijklmnopqrstuvwxyz.,?!-:;\". Received '5' in"
                + " \"5 men\"; write numbers and signs as words.",
                assertThrows(IllegalArgumentException.class, () -> SpokenSymbols.ENGLISH.encode("5 men"))
                        .getMessage());
    }

    /** Each letter is a tone of 120 ms. */
    private static Audio word(String text) {
        int each = RATE * 120 / 1000;
        var samples = new float[text.length() * each];
        var random = new SplittableRandom(text.hashCode());
        for (int t = 0; t < samples.length; t++) {
            double hertz = switch (text.charAt(t / each)) {
                case 'a' -> 300;
                case 'b' -> 900;
                default -> 2000;
            };
            samples[t] = (float) (0.4 * Math.sin(2 * Math.PI * hertz * t / RATE) + 0.003 * random.nextGaussian());
        }
        return Audio.of(samples, RATE);
    }

    private Path recordings() throws IOException {
        Path data = folder.resolve("data");
        var lines = new ArrayList<String>();
        for (String text : List.of("abc", "cab", "bca", "acb", "bac", "cba", "aab", "ccb")) {
            Files.createDirectories(data.resolve("wavs"));
            word(text).write(data.resolve("wavs/" + text + ".wav"));
            lines.add(text + "|" + text.toUpperCase(Locale.ROOT));
        }
        Files.write(data.resolve("metadata.csv"), lines);
        return data;
    }

    @Test void aVoiceIsLearntAndSays() throws IOException {
        Path run = folder.resolve("run"), said = folder.resolve("said.wav");
        long before = Scope.live();
        try (var job = Recipes.named("speech-synthesis").job("data=" + recordings(), "rate=8000", "bands=20",
                "width=16", "layers=1", "hidden=16", "epochs=12", "batch_size=4", "learning_rate=5e-3",
                "test_fraction=0.2")) {
            var history = job.fit(run).history();
            double first = history.getFirst().value("train_loss"), last = history.getLast().value("train_loss");
            assertTrue(last < 0.7 * first, () -> "loss from " + first + " to " + last);
        }
        try (var voice = Synthesizer.open(run)) {
            Audio sound = voice.predict("abc");
            assertEquals(RATE, sound.rate());
            assertTrue(sound.peak() > 0);
            assertEquals(sound.length(), voice.predict("ABC ").length());
            assertTrue(voice.speed(4).predict("abc").length() < sound.length());
        }
        var answers = new ArrayList<String>();
        new SayCommand().run(List.of(run.toString(), "cab", said.toString()), new SayCommand.Config("", 1,
                        folder.resolve("said.svg").toString(), folder.resolve("data/wavs/cab.wav").toString()),
                Device.CPU,
                new Command.Answers() {
                    @Override public void answer(String input, Command.Answer answer) { answers.add(answer.words()); }
                    @Override public void failed(String input, RuntimeException error) { throw error; }
                });
        assertTrue(answers.getFirst().startsWith(said + ", "), answers.getFirst());
        assertTrue(Audio.read(said).seconds() > 0.1);
        String picture = Files.readString(folder.resolve("said.svg"));
        assertTrue(picture.contains("cab.wav") && picture.contains("said.wav"), "both names are in the picture");
        assertTrue(Scope.live() <= before);
    }

    /** A recogniser that knows the recordings by heart understands them, and not what a voice says that has begun. */
    @Test void aRecogniserIsAskedWhatItUnderstands() throws IOException {
        Path data = recordings(), table = folder.resolve("data.tsv"), ear = folder.resolve("ear");
        var rows = new ArrayList<>(List.of("path\ttext"));
        for (String line : Files.readAllLines(data.resolve("metadata.csv"))) {
            String[] parts = line.split("\\|");
            rows.add(data.resolve("wavs/" + parts[0] + ".wav") + "\t" + parts[1]);
        }
        Files.write(table, rows);
        try (var job = Recipes.named("speech-recognition").job("data=" + table, "test=" + table, "rate=8000",
                "mels=16", "hidden=32", "layers=1", "epochs=80", "batch_seconds=9", "learning_rate=1e-2",
                "augment=false", "dropout=0", "lm_order=0", "beam=1")) {
            job.fit(ear);
        }
        String[] settings = {"data=" + data, "rate=8000", "bands=20", "width=16", "layers=1", "hidden=16", "epochs=1",
            "test_fraction=0.4", "recogniser=" + ear};
        long before = Scope.live();
        try (var job = Recipes.named("speech-synthesis").job(settings)) {
            var values = job.evaluate();
            assertTrue(values.get("wer_recorded") < 0.2, values.toString());
            assertTrue(values.get("cer_recorded") < 0.1, values.toString());
            assertTrue(values.get("wer_said") > 0.5 && values.get("cer_said") > 0.3, values.toString());
            assertTrue(values.containsKey("mel_cepstral_distortion"));
        }
        assertTrue(Scope.live() <= before, "tensors are left");
        settings[1] = "rate=16000";
        try (var job = Recipes.named("speech-synthesis").job(settings)) {
            assertEquals("recogniser: expected a run that hears 16000 Hz, as the voice says. Received one of 8000 Hz"
                    + " in " + ear + ".", assertThrows(IllegalArgumentException.class, job::fit).getMessage());
        }
    }

    @Test void generatorAndDiscriminatorsAreBothTaught() throws IOException {
        Path run = folder.resolve("vocoder");
        long before = Scope.live();
        try (var job = Recipes.named("vocoder").job("data=" + recordings(), "rate=8000", "bands=20", "channels=16",
                "seconds=0.15", "epochs=1", "batch_size=4", "test_fraction=0.2")) {
            var start = new ArrayList<float[]>();
            job.trainer().task().model().params().values().forEach(param -> start.add(param.toFloats()));
            job.fit(run);
            int i = 0, moved = 0;
            for (var param : job.trainer().task().model().params().values()) {
                if (!Arrays.equals(start.get(i++), param.toFloats())) moved++;
            }
            assertEquals(start.size(), moved, "every weight of both sides has moved");
        }
        try (var vocoder = Vocoder.open(run)) {
            Audio word = word("ab");
            assertEquals(word.length() / 128 * 128 + 128, vocoder.predict(word).length());
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void badRecordingsAreNamed() throws IOException {
        Path data = recordings(), list = data.resolve("metadata.csv");
        Files.writeString(list, "abc|abc\nnone|text\n");
        assertEquals(list + ":2: expected a recording " + data.resolve("wavs/none.wav") + ". Received none.",
                assertThrows(IllegalArgumentException.class, () -> SpokenLines.read(data)).getMessage());
        Files.writeString(list, "abc\n");
        assertEquals(list + ":1: expected name|text. Received abc.",
                assertThrows(IllegalArgumentException.class, () -> SpokenLines.read(data)).getMessage());
    }
}

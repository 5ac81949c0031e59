package dev.merapi.speech.whisper;

import dev.merapi.io.Safetensors;
import dev.merapi.recipe.Predictor;
import dev.merapi.speech.Goldens;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
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
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import static dev.merapi.speech.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A tiny Whisper against what {@code src/test/python/whisper_goldens.py} computed. */
class WhisperTest {
    private static final Goldens GOLDENS = Goldens.open("whisper");
    private static final long[] PLAIN = {17, 19, 21, 22}; // start, de, transcribe, no times
    private static final long[] TIMED = {17, 19, 21};
    private static final int MOST = 14;

    @TempDir Path folder;

    @BeforeEach void writeFolder() throws IOException {
        try (var files = Files.list(Goldens.resource("/tiny_whisper"))) {
            for (Path file : files.toList()) Files.copy(file, folder.resolve(file.getFileName().toString()));
        }
        try (var _ = Scope.open()) {
            Safetensors.write(folder.resolve("model.safetensors"), GOLDENS.under("param."), Map.of());
        }
    }

    private WhisperTranscriber open() { return WhisperTranscriber.open(folder); }

    @Test void logitsAreThoseOfTorch() {
        long before = Scope.live();
        try (var whisper = Whisper.load(folder); var _ = Scope.open(); var _ = Torch.noGrad()) {
            var logits = whisper.forward(GOLDENS.tensor("features"), GOLDENS.tensor("ids"));
            assertClose(GOLDENS.tensor("logits"), logits, 1e-4, "logits");
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void theSoundIsHeardAsTransformersHearsIt() {
        try (var _ = Scope.open()) {
            var sound = GOLDENS.tensor("sound");
            var tiny = new WhisperFeatures(8, 16_000, 160, 400, 30).window(sound).narrow(2, 0, 20);
            var whole = WhisperFeatures.DEFAULT.window(sound);
            assertArrayEquals(new long[] {1, 80, 3000}, whole.shape());
            assertClose(GOLDENS.tensor("log_mel_80"), whole.slice(2, 0, 3000, 37), 1e-5, "80 bands");
            assertArrayEquals(new long[] {1, 8, 20}, tiny.shape());
        }
    }

    @Test void greedyAndBeamTextsAreThoseOfTransformers() {
        long before = Scope.live();
        try (var whisper = open(); var _ = Scope.open();
                var window = new HeardWindow(whisper.model(), GOLDENS.tensor("features").narrow(0, 0, 1))) {
            assertArrayEquals(GOLDENS.tensor("greedy").toLongs(), write(whisper, window, false, 1));
            assertArrayEquals(GOLDENS.tensor("greedy_times").toLongs(), write(whisper, window, true, 1));
            assertArrayEquals(GOLDENS.tensor("beam").toLongs(), write(whisper, window, false, 5));
            assertArrayEquals(GOLDENS.tensor("beam_times").toLongs(), write(whisper, window, true, 5));
            float[] next = window.next(17).toFloats();
            float[] languages = GOLDENS.tensor("language").toFloats();
            assertArrayEquals(languages, new float[] {next[18], next[19]}, 1e-4f);
        }
        assertTrue(Scope.live() <= before);
    }

    private static long[] write(WhisperTranscriber whisper, HeardWindow window, boolean times, int beams) {
        return whisper.write(window, times ? TIMED : PLAIN, MOST, WhisperOptions.DEFAULT.times(times).beams(beams), 0);
    }

    /** The mean logarithm of a text's probabilities, the end's included, is that of the logits. */
    @Test void textsAreAsLikelyAsTheirTokens() {
        try (var whisper = open(); var _ = Scope.open(); var _ = Torch.noGrad();
                var window = new HeardWindow(whisper.model(), GOLDENS.tensor("features").narrow(0, 0, 1))) {
            long[] ids = {3, 7, 5};
            double sum = 0;
            long[] all = PLAIN;
            for (int i = 0; i <= ids.length; i++) {
                long next = i < ids.length ? ids[i] : 16;
                sum += window.next(all).logSoftmax(0).select(0, next).item();
                all = Arrays.copyOf(all, all.length + 1);
                all[all.length - 1] = next;
            }
            assertEquals(sum / 4, window.likelihood(PLAIN, ids, 16), 1e-5);
        }
    }

    /** Seven and a half windows, read as a stream and at once: the same, in order, and within the sound. */
    @Test void longSoundsGoByWindows() {
        var random = new SplittableRandom(3);
        var samples = new float[120_000];
        for (int t = 0; t < samples.length; t++) samples[t] = (float) (0.3 * random.nextGaussian());
        Audio sound = Audio.of(samples, 16_000);
        long before = Scope.live();
        try (var whisper = open()) {
            var said = whisper.predict(sound);
            assertTrue(!said.segments().isEmpty());
            double last = 0;
            for (var segment : said.segments()) {
                assertTrue(segment.from() >= last - 1e-9 && segment.to() <= 7.5 + 1e-9, said.segments()::toString);
                last = segment.from();
            }
            assertEquals(said, whisper.transcribe(AudioStream.of(sound)));
            assertTrue(List.of("en", "de").contains(said.language()));
            var plain = whisper.options(WhisperOptions.DEFAULT.language("de").times(false)
                    .fallback(false)).predict(sound);
            assertEquals("de", plain.language());
            var begins = new ArrayList<Double>();
            plain.segments().forEach(segment -> begins.add(segment.from()));
            assertEquals(List.of(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0), begins.subList(0, 7));
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void theCommandOpensItAsAnyModel() {
        try (var model = Predictor.open(folder)) {
            assertEquals(WhisperTranscriber.class, model.getClass());
        }
    }

    @Test void savedModelsAreLoaded() {
        Path saved = folder.resolve("saved");
        try (var whisper = Whisper.load(folder); var _ = Scope.open(); var _ = Torch.noGrad()) {
            whisper.save(saved);
            try (var loaded = Whisper.load(saved)) {
                Tensor features = GOLDENS.tensor("features"), ids = GOLDENS.tensor("ids");
                assertTrue(whisper.forward(features, ids).sameAs(loaded.forward(features, ids)));
            }
        }
    }

    /** 37.8 million, of which the encoder's positions are not learnt: OpenAI's table says 39. */
    @Test void tinyHasItsPublishedSize() {
        try (var _ = Torch.on(Device.META); var whisper = new Whisper(WhisperConfig.TINY)) {
            assertEquals(37_760_640, whisper.parameterCount());
        }
    }

    @Test void badInputIsNamed() throws IOException {
        try (var whisper = open(); var _ = Scope.open()) {
            assertMessage("WhisperOptions.language: expected one of en, de. Received fr.",
                    () -> whisper.options(WhisperOptions.DEFAULT.language("fr")));
            assertMessage("WhisperTranscriber: expected one channel of 16000 Hz. Received 1 of 8000 Hz; use mono() and"
                    + " resample(16000).", () -> whisper.transcribe(AudioStream.of(Audio.of(new float[99], 8000))));
            assertMessage("Whisper: expected features (B, 8, 20). Received (1, 8, 19).",
                    () -> whisper.model().encode(Tensor.zeros(1, 8, 19)));
        }
        Path config = folder.resolve("preprocessor_config.json");
        Files.writeString(config, Files.readString(config).replace("\"feature_size\": 8", "\"feature_size\": 9"));
        assertMessage(folder + ": preprocessor_config.json: expected 8 bands and 20 frames in a window, as in"
                + " config.json. Received 9 and 20.", this::open);
    }

    private static void assertMessage(String expected, Executable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake).getMessage());
    }
}

package dev.merapi.serve;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.data.Manifest;
import dev.merapi.speech.data.SpeechSet;
import dev.merapi.speech.data.Utterance;
import dev.merapi.speech.pipeline.SpeechRecognizer;
import dev.merapi.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A recogniser of speech behind HTTP. */
class SoundServingTest {
    private static final ServeConfig CONFIG = new ServeConfig(0, "127.0.0.1", "", 8, 1, 16, 100_000, 64, 60, 10, 0, "",
            "");

    @TempDir Path folder;

    @Test void aRecordingSaysWhatPredictHears() throws IOException {
        var all = new ArrayList<Utterance>();
        for (int i = 0; i < 6; i++) {
            var samples = new float[4000];
            for (int t = 0; t < samples.length; t++) samples[t] = (float) (0.3 * Math.sin(t * (0.2 + 0.1 * (i % 2))));
            Path file = folder.resolve(i + ".wav");
            Audio.of(samples, 4000).write(file);
            all.add(new Utterance(file, i % 2 == 0 ? "a" : "b", 0, ""));
        }
        Path table = folder.resolve("sounds.jsonl");
        Manifest.write(new SpeechSet(all, List.of()), table);
        Path run = Tiny.train(folder.resolve("speech"), "speech-recognition", "data=" + table, "rate=4000", "mels=8",
                "hidden=8", "layers=1", "epochs=2", "augment=false", "lm_order=0", "beam=1", "batch_seconds=3");
        String wav = Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("0.wav")));
        try (var server = InferenceServer.start(CONFIG, List.of(run), Device.CPU);
                var recognizer = SpeechRecognizer.open(run)) {
            var about = Tiny.get(server, "/v2/models/speech").json();
            assertEquals("sound", about.at("/inputs/0/name").textValue());
            var answer = Tiny.post(server, "/v2/models/speech/predict", Map.of("inputs", List.of(wav)));
            assertEquals(200, answer.status(), answer.text());
            assertTrue(answer.text().contains("\"text\":\"" + recognizer.predict(Audio.read(folder.resolve("0.wav")))
                    .text() + "\""), answer.text());
            for (String wrong : List.of("aGVsbG8=", folder.resolve("0.wav").toString())) { // no file is opened
                var refused = Tiny.post(server, "/v2/models/speech/predict", Map.of("inputs", List.of(wrong)));
                assertEquals(400, refused.status(), refused.text());
                assertTrue(refused.text().contains("expected a WAV file in base64"), refused.text());
            }
        }
    }

    @Test void aVoiceIsAnsweredAsAWavFile() throws IOException {
        var voice = Audio.of(new float[] {0, 0.5f, -0.25f}, 8000);
        var answer = (Map<?, ?>) Served.written(voice);
        Path file = Files.write(folder.resolve("answer.wav"), Base64.getDecoder().decode((String) answer.get("wav")));
        assertEquals(8000, Audio.read(file).rate());
        assertArrayEquals(voice.samples(), Audio.read(file).samples(), 1e-4f);
        assertEquals("as it is", Served.written("as it is"));
    }
}

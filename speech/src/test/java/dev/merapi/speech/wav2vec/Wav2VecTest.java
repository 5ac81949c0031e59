package dev.merapi.speech.wav2vec;

import dev.merapi.io.Safetensors;
import dev.merapi.speech.Goldens;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.transcript.Transcriber;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.merapi.speech.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Tiny models against what {@code src/test/python/wav2vec_goldens.py} computed. */
class Wav2VecTest {
    private static final Goldens GOLDENS = Goldens.open("wav2vec");
    private static final String SETTINGS = """
            {"model_type": "%s", "vocab_size": 7, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3,
             "intermediate_size": 10, "hidden_act": "gelu", "conv_dim": [6, 8], "conv_kernel": [5, 3],
             "conv_stride": [3, 2], "conv_bias": %s, "feat_extract_norm": "%s", "feat_proj_layer_norm": %s,
             "num_conv_pos_embeddings": %d, "num_conv_pos_embedding_groups": 4, "do_stable_layer_norm": %s,
             "pad_token_id": 0, "layer_norm_eps": 1e-05}
            """;

    @TempDir Path folder;

    private Path write(String name, Map<String, Tensor> more) throws IOException {
        Files.writeString(folder.resolve("config.json"), switch (name) {
            case "base" -> SETTINGS.formatted("wav2vec2", false, "group", true, 4, false);
            case "large" -> SETTINGS.formatted("wav2vec2", true, "layer", true, 5, true);
            default -> SETTINGS.formatted("hubert", false, "group", false, 4, false);
        });
        Files.writeString(folder.resolve("vocab.json"),
                "{\"<pad>\": 0, \"<s>\": 1, \"</s>\": 2, \"<unk>\": 3, \"|\": 4, \"A\": 5, \"B\": 6}");
        try (var _ = Scope.open()) {
            var weights = new TreeMap<>(GOLDENS.under(name + "/param."));
            weights.putAll(more);
            Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
        }
        return folder;
    }

    @ParameterizedTest @ValueSource(strings = {"base", "large", "hubert"}) void logitsAreThoseOfTorch(String name)
            throws IOException {
        write(name, Map.of());
        long before = Scope.live();
        try (var model = Wav2Vec.load(folder); var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor samples = GOLDENS.tensor("samples");
            assertClose(GOLDENS.tensor(name + "/logits"), model.forward(samples), 1e-4, name);
            assertClose(GOLDENS.tensor(name + "/masked"), model.forward(samples, GOLDENS.tensor("lengths")), 1e-4,
                    name + " of several lengths");
        }
        assertTrue(Scope.live() <= before);
    }

    /** Newer transformers name the parts of a normed weight otherwise. */
    @Test void newerNamesAreReadToo() throws IOException {
        write("base", Map.of());
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var weights = new TreeMap<String, Tensor>();
            GOLDENS.under("base/param.").forEach((key, value) -> weights.put(
                    key.replace("weight_g", "parametrizations.weight.original0")
                            .replace("weight_v", "parametrizations.weight.original1"), value));
            weights.put("wav2vec2.masked_spec_embed", Tensor.zeros(12));
            Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
            try (var model = Wav2Vec.load(folder)) {
                assertClose(GOLDENS.tensor("base/logits"), model.forward(GOLDENS.tensor("samples")), 1e-4, "base");
            }
        }
    }

    /** Letters by hand: repeats become one, the blank parts them, and | is a space. */
    @Test void lettersBecomeWords() {
        var letters = new CtcLetters(List.of("<pad>", "<s>", "</s>", "<unk>", "|", "A", "B"), 0);
        assertEquals("AAB BA", letters.text(0, 5, 5, 0, 5, 6, 6, 4, 4, 0, 4, 6, 0, 5));
        assertEquals("", letters.text(0, 0, 4));
    }

    @Test void soundBecomesText() throws IOException {
        write("base", Map.of());
        var samples = new float[400];
        for (int t = 0; t < samples.length; t++) samples[t] = (float) Math.sin(t * t / 700.0);
        long before = Scope.live();
        try (var model = Transcriber.open(folder, Device.CPU)) {
            var said = model.predict(Audio.of(samples, 16_000));
            assertTrue(said.text().matches("[AB ]*"), said.text());
            var louder = samples.clone();
            for (int t = 0; t < louder.length; t++) louder[t] = 0.5f * samples[t] + 0.1f;
            assertEquals(said, model.predict(Audio.of(louder, 16_000)), "loudness does not matter");
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void presetsHaveTheirPublishedSizes() {
        try (var _ = Torch.on(Device.META); var model = new Wav2Vec(Wav2VecConfig.BASE)) {
            assertEquals(94_395_552, model.parameterCount()); // transformers' 94,396,320 has 768 that hide frames
        }
        assertEquals(49, Wav2VecConfig.BASE.frames(16_000));
    }

    @Test void badInputIsNamed() throws IOException {
        write("base", Map.of());
        try (var model = Wav2Vec.load(folder); var _ = Scope.open()) {
            assertEquals("Wav2Vec: expected samples (B, T) long enough for a frame. Received (1, 10).",
                    assertThrows(IllegalArgumentException.class, () -> model.forward(Tensor.zeros(1, 10)))
                            .getMessage());
        }
        Files.delete(folder.resolve("vocab.json"));
        assertThrows(UncheckedIOException.class, () -> Wav2VecTranscriber.open(folder));
    }
}

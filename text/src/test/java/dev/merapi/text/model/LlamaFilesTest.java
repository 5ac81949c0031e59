package dev.merapi.text.model;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Provenance;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Weights in shards, and of another type. */
class LlamaFilesTest {
    private static final LlamaConfig CONFIG = LlamaConfig.of(Family.QWEN3, 17, 8, 12, 2, 4, 2).head(2).tied();

    @TempDir Path folder;

    private static Tensor ids() { return Tensor.of(new long[] {3, 1, 4, 1, 5, 9}, 1, 6); }

    @Test void shardsAreReadAsOneFile() {
        Torch.seed(1);
        try (var model = new Llama(CONFIG); var _ = Scope.open()) {
            ModelFolder.save(model, CONFIG, folder, Provenance.of("test", null, null), 2_000);
            assertFalse(Files.exists(folder.resolve("model.safetensors")));
            assertTrue(Files.exists(folder.resolve("model.safetensors.index.json")));
            try (var again = Llama.load(folder)) {
                assertTrue(model.forward(ids()).sameAs(again.forward(ids())));
            }
        }
    }

    /** What is null in a file, and what is not there, differ: Mistral 0.1 has a window, 0.3 has none. */
    @Test void settingsComeBack() throws IOException {
        var plain = LlamaConfig.of(Family.QWEN3, 17, 8, 12, 1, 4, 2);
        var mistral = LlamaConfig.of(Family.MISTRAL, 17, 8, 12, 1, 4, 2);
        for (var config : List.of(plain, plain.head(6), mistral, mistral.window(5), mistral.theta(7).eps(1e-3))) {
            try (var model = new Llama(config)) {
                model.save(folder);
                try (var again = Llama.load(folder)) {
                    assertEquals(config.headSize(), again.config().headSize());
                    assertEquals(config.slidingWindow(), again.config().slidingWindow());
                    assertEquals(config.ropeTheta(), again.config().ropeTheta());
                    assertEquals(config.rmsNormEps(), again.config().rmsNormEps());
                }
            }
        }
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mistral\"}");
        assertEquals(4096, LlamaConfig.read(folder).slidingWindow());
    }

    @Test void bfloat16IsReadAsFloat32OrStays() throws IOException {
        Torch.seed(1);
        try (var model = new Llama(CONFIG); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.save(folder);
            var halves = new LinkedHashMap<String, Tensor>();
            var weights = Weights.open(folder);
            for (String name : weights.names()) halves.put(name, weights.tensor(name).to(DType.BFLOAT16).copy());
            Safetensors.write(folder.resolve("model.safetensors"), halves, Map.of());
            try (var wide = Llama.load(folder); var narrow = Llama.load(folder, DType.BFLOAT16)) {
                narrow.params().values().forEach(param -> assertEquals(DType.BFLOAT16, param.dtype()));
                Tensor expected = wide.forward(ids());
                assertEquals(DType.FLOAT32, expected.dtype());
                assertTrue(expected.allClose(model.forward(ids()), 0, 5e-3));
                assertTrue(expected.allClose(narrow.forward(ids()).to(DType.FLOAT32), 0, 2e-2));
                try (var decoding = narrow.begin(List.of(ids().flatten().toLongs()), 3)) {
                    Tensor last = narrow.forward(ids()).select(1, -1);
                    assertTrue(decoding.logits().allClose(last, 0, 1e-2));
                    decoding.read(Tensor.of(new long[] {2}));
                    assertEquals(DType.BFLOAT16, decoding.logits().dtype());
                }
            }
        }
    }
}

package dev.merapi.text.model;

import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.t5.T5;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A number in {@code config.json} is compared with the weights before gigabytes are taken for it. */
class ModelSizesTest {
    @TempDir Path folder;

    @Test void sizesAreComparedWithTheWeights() throws Exception {
        check("llama", "vocab_size", 60_000_000, "[60000000, 16]", Llama::load);
        check("llama", "intermediate_size", 2_000_000_000, "[2000000000, 16]", Llama::load);
        check("gpt2", "vocab_size", 60_000_000, "[60000000, 16]", Gpt2::load);
        check("bert", "vocab_size", 60_000_000, "[60000000, 16]", Bert::load);
        check("bert_classifier", "max_position_embeddings", 60_000_000, "[60000000, 16]", SequenceClassifier::load);
        check("t5", "d_ff", 2_000_000_000, "[2000000000, 16]", T5::load);
    }

    private void check(String name, String setting, int size, String shape, Function<Path, ?> load) throws Exception {
        Path source = Path.of(ModelSizesTest.class.getResource("/transformers/" + name).toURI());
        Path config = folder.resolve("config.json"), weights = folder.resolve("model.safetensors");
        var good = Files.readString(source.resolve("config.json"));
        var damaged = good.replaceFirst("\"" + setting + "\": *\\d+", "\"" + setting + "\": " + size);
        assertEquals(false, good.equals(damaged), setting);
        Files.writeString(config, damaged);
        Files.write(weights, Files.readAllBytes(source.resolve("model.safetensors")));
        var message = assertThrows(IllegalArgumentException.class, () -> load.apply(folder)).getMessage();
        assertEquals(config + ": expected the sizes of the weights beside it, N numbers. Received those of a model more"
                + " than twice as large, by a parameter of shape " + shape + "; are the settings those of other"
                + " weights?", message.replaceFirst("\\d+ numbers", "N numbers"));
    }
}

package dev.merapi.text.gguf;

import dev.merapi.io.Weights;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Message;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.GemmaConfig;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files that llama.cpp's own Python package wrote (gguf_goldens.py), and ours. */
class GgufTest {
    private static final Path FILES = Path.of("src/test/resources/gguf");
    private static final Path TOKENIZERS = Path.of("src/test/resources/tokenizer");
    private static final String TEMPLATE = "{% for m in messages %}{{ eos_token }}{{ m.content }}\n{% endfor %}";

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(GgmlType.class)
    void numbersAreThoseOfTheFormatBitForBit(GgmlType type) {
        try (var _ = Scope.open()) {
            var file = GgufFile.open(FILES.resolve("types.gguf"));
            assertEquals(type, file.type(type.name()));
            Tensor expected = Weights.open(FILES.resolve("types.safetensors")).tensor(type.name());
            assertArrayEquals(expected.toFloats(), file.tensor(type.name()).toFloats());
            assertArrayEquals(expected.shape(), file.shape(type.name()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0"})
    void blocksAreWrittenByteForByteAsLlamaCppDoes(GgmlType type) {
        try (var _ = Scope.open()) {
            var goldens = Weights.open(FILES.resolve("written.safetensors"));
            float[] x = goldens.tensor("x").toFloats();
            var bytes = new byte[(int) type.bytes(x.length)];
            for (int i = 0; i < x.length; i += type.block) {
                type.encode(x, i, MemorySegment.ofArray(bytes), type.bytes(i));
            }
            Tensor expected = goldens.tensor(type.name());
            assertTrue(Tensor.of(bytes, expected.shape()).sameAs(expected));
        }
    }

    /** Logits are transformers'; Qwen's golden has a window of three tokens, which GGUF does not know. */
    @ParameterizedTest
    @CsvSource({"llama, 99", "llama3, 99", "qwen2, 3", "qwen3, 99", "gemma, 99"})
    void modelsThatOthersWroteSayTheSame(String name, int tokens) {
        long before = Scope.live();
        try (var model = GgufModel.open(FILES.resolve(name + ".gguf")).llama(DType.FLOAT32); var _ = Scope.open();
                var _ = Torch.noGrad()) {
            model.eval();
            var goldens = Weights.open(Path.of("src/test/resources/transformers/" + name + "/expected.safetensors"));
            Tensor ids = goldens.tensor("ids");
            Tensor places = Tensor.arange(ids.size(1)).unsqueeze(0); // what stands at fill means nothing
            Tensor seen = places.lt(goldens.tensor("lengths").unsqueeze(1)).and(places.lt(tokens)).unsqueeze(2);
            double off = model.forward(ids).sub(goldens.tensor("logits")).mul(seen).abs().max().item();
            assertTrue(off < 1e-4, "off by " + off);
        }
        assertTrue(Scope.live() <= before);
    }

    private static Tokenizer tokenizer() {
        return BpeTrainer.of(300).train(Stream.of("The volcano of Tambora erupted in 1815; it's heard far away."));
    }

    private static LlamaConfig config(Family family, int vocabulary) {
        var config = LlamaConfig.of(family, vocabulary, 64, 96, 2, 4, 2).context(128).eps(1e-5).theta(50_000);
        return switch (family) {
            case QWEN3, GEMMA -> config.head(32).tied();
            case GEMMA2 -> config.head(32).tied().window(16).gemma(new GemmaConfig(32, 50.0, 30.0, null));
            case GEMMA3 -> config.head(32).tied().window(16).gemma(new GemmaConfig(32, null, null, 10_000.0));
            case MISTRAL -> config.window(64);
            default -> config;
        };
    }

    /** In F32 nothing is lost. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void whatIsWrittenIsReadAgain(Family family) {
        Torch.seed(3);
        Path file = folder.resolve("model.gguf");
        long[] ids;
        String text;
        float[] logits;
        var options = Generation.DEFAULT.maxTokens(12);
        try (var tokenizer = tokenizer(); var model = new Llama(config(family, tokenizer.vocabSize() + 3));
                var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().values().forEach(param -> param.copy_(param.add(Tensor.randn(param.shape()).mul(0.1))));
            model.eval();
            GgufModel.write(model, tokenizer, TEMPLATE, GgmlType.F32, file);
            ids = tokenizer.encode("It's the volcano 42");
            logits = model.forward(Tensor.of(ids, 1, ids.length)).toFloats();
            text = new TextGenerator(model, tokenizer).generate("The volcano", options);
        }
        long before = Scope.live();
        try (var model = TextGenerator.open(file)) {
            assertEquals(text, model.generate("The volcano", options));
            assertArrayEquals(ids, model.encode("It's the volcano 42"));
            assertEquals("<|endoftext|>Hello\n", GgufModel.open(file).chatTemplate()
                    .render(List.of(Message.user("Hello"))));
            assertTrue(model.converses() && model.prompt(List.of(Message.user("Hello"))).length > 1);
        }
        try (var model = GgufModel.open(file).llama(DType.FLOAT32); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            assertArrayEquals(logits, model.forward(Tensor.of(ids, 1, ids.length)).toFloats(), 1e-5f);
        }
        assertTrue(Scope.live() <= before);
    }

    /** Weights are as near as their bits allow: half a step, and a whole one on the side where four bits have no 8. */
    @ParameterizedTest
    @CsvSource({"F16, 0.0005", "Q8_0, 0.005", "Q4_0, 0.13"})
    void fewerBitsAreNear(GgmlType type, double share) {
        Path file = folder.resolve("model.gguf");
        try (var tokenizer = tokenizer(); var model = new Llama(config(Family.LLAMA, tokenizer.vocabSize()));
                var _ = Scope.open()) {
            GgufModel.write(model, tokenizer, null, type, file);
            try (var again = GgufModel.open(file).llama(DType.FLOAT32)) {
                again.params().forEach((name, param) -> {
                    Tensor old = model.params().get(name);
                    double off = param.sub(old).abs().max().item(), most = old.abs().max().item();
                    assertTrue(off <= share * most, name + " is off by " + off + " of " + most);
                });
            }
            assertEquals(type, GgufFile.open(file).type("blk.0.ffn_up.weight"));
            assertEquals(GgmlType.F32, GgufFile.open(file).type("blk.0.attn_norm.weight"));
        }
    }

    /** SentencePiece's pieces and byte-level BPE, of which the first was made by SentencePiece itself. */
    @ParameterizedTest
    @ValueSource(strings = {"bpe", "gpt2"})
    void tokenizersComeBack(String kind) {
        var text = "Emma Woodhouse, handsome, clever, and rich: 1816  it's \u00e9\u6f22!\n";
        try (var tokenizer = Tokenizer.open(TOKENIZERS.resolve(kind))) {
            int size = tokenizer.vocabSize();
            var model = LlamaConfig.of(Family.LLAMA, size, 32, 32, 1, 2, 1);
            Path file = folder.resolve("t.gguf");
            try (var llama = new Llama(model)) {
                GgufModel.write(llama, tokenizer, null, GgmlType.F16, file);
            }
            try (var again = GgufModel.open(file).tokenizer()) {
                assertEquals(size, again.vocabSize());
                assertArrayEquals(tokenizer.encode(text), again.encode(text));
                assertEquals(text.strip(), again.decode(again.encode(text)).strip());
            }
        }
    }

    @Test void damagedFilesAreRefusedByName() throws IOException {
        byte[] whole = Files.readAllBytes(FILES.resolve("llama.gguf"));
        Path file = folder.resolve("bad.gguf");
        for (int length : new int[] {0, 3, 23, 40, 200, 1000, whole.length - 4096}) {
            Files.write(file, Arrays.copyOf(whole, length));
            String message = assertThrows(IllegalArgumentException.class, () -> GgufModel.open(file)).getMessage();
            assertTrue(message.startsWith(file + ": not a complete GGUF file: "), message);
        }
        for (int i = 0; i < 700; i += 3) { // any byte may be wrong: it is read, or refused by name
            byte[] bad = whole.clone();
            bad[i] ^= (byte) (1 << i % 8);
            Files.write(file, bad);
            try (var model = GgufModel.open(file).llama(DType.FLOAT32)) {
                assertTrue(model.vocabSize() > 0);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            }
        }
    }

    @Test void whatIsNotReadIsSaid() {
        refused("general.architecture: expected one of [gemma, gemma2, gemma3, llama, qwen2, qwen3]. Received none.",
                () -> GgufModel.open(FILES.resolve("types.gguf")));
        refused("tokenizer.ggml.tokens: expected a list. Received none.",
                () -> TextGenerator.open(FILES.resolve("llama.gguf")));
        refused("there is no tensor output_norm", () -> GgufFile.open(FILES.resolve("llama.gguf"))
                .tensor("output_norm"));
        try (var tokenizer = tokenizer(); var model = new Llama(config(Family.LLAMA, tokenizer.vocabSize()))) {
            String message = assertThrows(IllegalArgumentException.class, () -> GgufModel.write(model, tokenizer, null,
                    GgmlType.Q4_K, folder.resolve("x.gguf"))).getMessage();
            assertEquals("GgufModel.write: expected the type F32, F16, Q8_0 or Q4_0. Received Q4_K.", message);
        }
    }

    private static void refused(String message, Executable read) {
        String said = assertThrows(IllegalArgumentException.class, read).getMessage();
        assertTrue(said.contains(".gguf: ") && said.contains(message), said);
    }
}

package dev.merapi.compress.quantize;

import dev.merapi.compress.adapter.Adapters;
import dev.merapi.compress.adapter.LoraConfig;
import dev.merapi.nn.Layer;
import dev.merapi.recipe.Bits;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.gguf.GgmlType;
import dev.merapi.text.gguf.GgufModel;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.Share;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageServer;
import dev.merapi.text.model.causal.Stages;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model of fewer bits whose blocks are in two places writes what it writes in one. */
class StagesOfFewBitsTest {
    private static final List<String> PROMPTS = List.of("the cat", "it rains in Rome and", "Ann");
    private static final Generation DRAWN = Generation.DEFAULT.maxTokens(16).temperature(0.9).seed(3);
    private static final int BLOCKS = 3;

    @TempDir Path folder;

    private static Tokenizer tokenizer() {
        return BpeTrainer.of(288).train(Stream.of("it rains in Rome", "the cat sat on the mat"));
    }

    private static CausalLm model(String kind, int vocabulary) {
        if (kind.equals("gpt2")) return new Gpt2(Gpt2Config.of(vocabulary, 128, BLOCKS, 2, 64, 0));
        var config = LlamaConfig.of(Family.LLAMA, vocabulary, 64, 128, BLOCKS, 4, 2).context(128);
        return new Llama(kind.equals("tied") ? config.tied() : config);
    }

    /** Of sharp opinions, so that last digits decide nothing. */
    private Path save(String kind, Consumer<CausalLm> changing) {
        Torch.seed(5);
        Path at = folder.resolve(kind);
        try (var tokenizer = tokenizer(); var model = model(kind, tokenizer.vocabSize())) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                model.params().values().stream().distinct().filter(param -> param.rank() == 2)
                        .forEach(param -> param.copy_(param.add(Tensor.randn(param.shape()).mul(0.2))));
            }
            changing.accept(model);
            if (model instanceof Gpt2 gpt) gpt.save(at);
            else ((Llama) model).save(at);
            tokenizer.save(at);
        }
        return at;
    }

    private static CausalLm part(Path at, Stage stage, Bits bits) {
        if (at.toString().endsWith(".gguf")) return GgufModel.open(at).llama(bits, stage, null);
        return at.endsWith("gpt2") ? Gpt2.load(at, bits, stage) : Llama.load(at, bits, stage);
    }

    /** @param cut the first block that is elsewhere */
    private static void expectSameTexts(Path at, Bits bits, int cut) {
        long before = Scope.live();
        List<String> expected;
        try (var whole = TextGenerator.open(at, null, bits)) {
            expected = whole.generateAll(PROMPTS, DRAWN);
        }
        try (var rest = part(at, Stage.of(cut, BLOCKS), bits);
                var server = StageServer.start(rest, "127.0.0.1", 0, "word");
                var divided = TextGenerator.open(at, at(server), bits)) {
            assertEquals(bits.type(), rest.cacheOf().type()); // whatever its rows' steps are kept in
            assertEquals(expected, divided.generateAll(PROMPTS, DRAWN));
        }
        assertTrue(Scope.live() <= before, () -> before + " to " + Scope.live());
    }

    private static Stages at(StageServer server) {
        return Stages.at(List.of("127.0.0.1:" + server.port()), "word", Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @CsvSource({"llama, INT8, 2", "llama, INT4, 1", "llama, INT4, 0", "tied, INT4, 2", "gpt2, INT8, 0",
            "llama, BFLOAT16, 1"})
    void eachStageRoundsItsOwnBlocks(String kind, Bits bits, int cut) {
        expectSameTexts(save(kind, _ -> { }), bits, cut);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "by_row", "dynamic", "int4", "nf4", "lora"})
    void foldersThatWereChangedAreDivided(String method) {
        expectSameTexts(save("llama", model -> {
            switch (method) {
                case "int8" -> Quantization.int8(model, _ -> true, 32);
                case "by_row" -> Quantization.byRow(model, _ -> true);
                case "dynamic" -> Quantization.dynamic(model, _ -> true);
                case "int4" -> Quantization.int4(model, _ -> true, 32);
                case "nf4" -> Quantization.nf4(model, name -> !name.equals("lm_head"));
                default -> adapted(model);
            }
        }), Bits.NONE, 1);
    }

    private static void adapted(Layer model) {
        var adapters = Adapters.of(model).add("own", LoraConfig.of(4));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().forEach((name, param) -> {
                if (name.contains("lora")) param.copy_(Tensor.randn(param.shape()).mul(0.3));
            });
        }
        adapters.use("own");
    }

    @ParameterizedTest
    @CsvSource({"NONE, Q8_0, 2", "BFLOAT16, Q4_0, 0", "INT8, F16, 1", "INT4, Q8_0, 1"})
    void ggufFilesAreDivided(Bits bits, GgmlType type, int cut) {
        Path plain = save("llama", _ -> { }), file = folder.resolve("llama.gguf");
        try (var model = Llama.load(plain); var tokenizer = Tokenizer.open(plain)) {
            GgufModel.write(model, tokenizer, null, type, file);
        }
        expectSameTexts(file, bits, cut);
    }

    @Test void stagesOfOtherBitsAreToldApart() {
        Path at = save("llama", _ -> { });
        long before = Scope.live();
        try (var rest = part(at, Stage.of(1, BLOCKS), Bits.INT8);
                var server = StageServer.start(rest, "127.0.0.1", 0, "word")) {
            for (var bits : List.of(Bits.NONE, Bits.INT4, Bits.BFLOAT16)) {
                String own = bits == Bits.NONE ? "float32" : bits == Bits.INT4 ? "int4 of float32" : "bfloat16";
                assertEquals("stages: expected blocks 1 to 3 of this model, in " + own + ", at 127.0.0.1:"
                        + server.port() + ". Received the same in int8 of float32; start all stages with the same"
                        + " quantize.", assertThrows(IllegalArgumentException.class, () ->
                        TextGenerator.open(at, at(server), bits)).getMessage());
            }
        }
        assertTrue(Scope.live() <= before, () -> before + " to " + Scope.live());
    }

    /** Of the same numbers, by which inputs are multiplied in another way. */
    @Test void stagesOfAnotherMethodAreToldApart() {
        Path byRow = save("llama", model -> Quantization.byRow(model, name -> name.contains("mlp")));
        Path dynamic = save("other", model -> Quantization.dynamic(model, name -> name.contains("mlp")));
        try (var rest = part(byRow, Stage.of(1, BLOCKS), Bits.NONE);
                var server = StageServer.start(rest, "127.0.0.1", 0, "word")) {
            String message = assertThrows(IllegalArgumentException.class, () -> TextGenerator.open(dynamic, at(server)))
                    .getMessage();
            assertTrue(message.endsWith("Received another."), message);
            TextGenerator.open(byRow, at(server)).close();
        }
    }

    @Test void partsAreNotRounded() {
        Path at = save("llama", _ -> { });
        long before = Scope.live();
        assertEquals("quantize: expected none or bfloat16 for stages in parts, which have pieces of the rows that are"
                + " rounded. Received int8; divide the model by its blocks alone, such as stages=2.", assertThrows(
                IllegalArgumentException.class, () -> Llama.load(at, Bits.INT8, Stage.of(0, BLOCKS),
                        new Share(0, 2))).getMessage());
        Path rounded = save("llama", model -> Quantization.int4(model, _ -> true, 32));
        assertEquals("parts: expected a Linear layer at model.layers.0.self_attn.q_proj. Received Int4Linear; divide a"
                + " model of such by its blocks alone, such as stages=2.", assertThrows(IllegalArgumentException.class,
                () -> Llama.load(rounded, Bits.NONE, Stage.of(0, BLOCKS), new Share(0, 2))).getMessage());
        assertTrue(Scope.live() <= before, () -> before + " to " + Scope.live());
    }
}

package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ContinuousBatch.Limits;
import dev.merapi.text.generate.ContinuousBatch.Text;
import dev.merapi.text.generate.RaggedDecoding.Memory;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What texts of a batch share, how much they may take, and who waits for whom; texts are what they are alone. */
class BatchMemoryTest {
    private static final Letters LETTERS = new Letters();
    private static final Generation GREEDY = Generation.DEFAULT.maxTokens(20);
    private static final long BLOCK = 2 * 32 * 2 * 16 * 4; // bytes of 32 tokens in the models below

    /** Of sharp opinions, so that rounding decides nothing. */
    private static CausalLm model(String name) {
        Torch.seed(5);
        CausalLm model = switch (name) {
            case "gpt2" -> new Gpt2(Gpt2Config.of(26, 200, 2, 2, 16, 0));
            case "grouped" -> new Llama(LlamaConfig.of(Family.LLAMA, 26, 16, 24, 2, 4, 2).context(200));
            case "sliding" -> new Llama(LlamaConfig.of(Family.MISTRAL, 26, 16, 24, 2, 4, 2).context(200).window(80));
            default -> new Llama(LlamaConfig.of(Family.GEMMA2, 26, 16, 24, 2, 4, 2).head(8).context(200).window(80));
        };
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().values().stream().distinct().filter(param -> param.rank() == 2)
                    .forEach(param -> param.copy_(param.add(Tensor.randn(param.shape()).mul(0.5))));
        }
        return model;
    }

    /** So many letters of a seed, and more of another. */
    private static long[] prompt(int same, int own, long seed) {
        return LongStream.concat(letters(99, same), letters(seed, own)).toArray();
    }

    private static LongStream letters(long seed, int count) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToLong(_ -> random.nextInt(26));
    }

    /** Adds each at its step, until all have ended. */
    private static List<Text> write(ContinuousBatch batch, List<long[]> prompts, List<StringBuilder> texts,
            int... steps) {
        var all = new ArrayList<Text>();
        for (int step = 0; all.size() < prompts.size() || batch.size() > 0; step++) {
            while (all.size() < prompts.size() && steps[all.size()] <= step) {
                var out = new StringBuilder();
                texts.add(out);
                all.add(batch.add(prompts.get(all.size()), GREEDY, out::append));
            }
            for (var ended : batch.step()) if (ended.error() != null) throw ended.error();
        }
        return all;
    }

    private static List<String> alone(Generator generator, List<long[]> prompts) {
        return prompts.stream().map(prompt -> generator.generate(prompt, GREEDY, _ -> { })).toList();
    }

    private static List<String> strings(List<StringBuilder> texts) {
        return texts.stream().map(StringBuilder::toString).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "grouped", "sliding", "gemma2"})
    void whatTextsBeginWithIsReadOnce(String name) {
        long before = Scope.live();
        try (var model = model(name)) {
            var generator = new Generator(model, LETTERS);
            // 70 tokens are two blocks and six tokens; two at once; one that goes on where another has ended
            var prompts = List.of(prompt(70, 9, 1), prompt(70, 30, 2), prompt(70, 1, 3), prompt(40, 20, 4),
                    prompt(0, 50, 5), prompt(70, 9, 1), prompt(70, 90, 6));
            var alone = alone(generator, prompts);
            for (int chunk : new int[] {256, 7}) {
                var texts = new ArrayList<StringBuilder>();
                try (var batch = generator.batch(new Limits(chunk, Memory.DEFAULT))) {
                    var all = write(batch, prompts, texts, 0, 0, 3, 4, 4, 9, 60);
                    assertEquals(List.of(0, 64, 64, 32, 0, 64, 64), all.stream().map(Text::knownTokens).toList());
                }
                assertEquals(alone, strings(texts));
            }
        }
        assertTrue(Scope.live() <= before);
    }

    /** What an answer wrote is known when the conversation goes on. */
    @Test void answersAreRememberedToo() {
        try (var model = model("grouped")) {
            var generator = new Generator(model, LETTERS);
            var first = prompt(0, 50, 1);
            long[] answer = generator.generate(first, GREEDY);
            long[] next = LongStream.concat(LongStream.concat(LongStream.of(first), LongStream.of(answer)),
                    LongStream.of(prompt(0, 9, 2))).toArray();
            try (var batch = generator.batch()) {
                var texts = new ArrayList<StringBuilder>();
                var all = write(batch, List.of(first, next), texts, 0, 100);
                assertEquals(64, all.getLast().knownTokens());
                assertEquals(generator.generate(next, GREEDY, _ -> { }), texts.getLast().toString());
            }
        }
    }

    /** Of seven blocks two texts of three have room, and a third waits; as they grow, the younger gives way. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 7})
    void whoHasNoRoomWaits(int blocks) {
        long before = Scope.live();
        try (var model = model("gpt2")) {
            var generator = new Generator(model, LETTERS);
            var prompts = IntStream.range(0, 4).mapToObj(i -> prompt(0, 60 + 3 * i, i)).toList();
            var alone = alone(generator, prompts);
            var texts = new ArrayList<StringBuilder>();
            try (var batch = generator.batch(new Limits(64, new Memory(blocks * BLOCK, null)))) {
                write(batch, prompts, texts, 0, 1, 2, 3);
            }
            assertEquals(alone, strings(texts));
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void whatNeverHasRoomIsSaid() {
        try (var model = model("gpt2")) {
            var generator = new Generator(model, LETTERS);
            try (var batch = generator.batch(new Limits(64, new Memory(2 * BLOCK, null)))) {
                String message = assertThrows(IllegalArgumentException.class, () -> batch.add(prompt(0, 64, 1), GREEDY,
                        _ -> { })).getMessage();
                assertEquals("RaggedDecoding.Memory: expected room for the 64 tokens of a prompt and what follows."
                        + " Received 64 tokens; give more memory.", message);
                var text = batch.add(prompt(0, 60, 1), GREEDY, _ -> { });
                while (batch.size() > 0) batch.step();
                assertEquals("ContinuousBatch: expected memory for a text of 65 tokens. Received less; give"
                        + " RaggedDecoding.Memory more bytes.", text.error().getMessage());
                assertEquals(5, text.tokens());
            }
            try (var batch = generator.batch(new Limits(64, new Memory(100, null)))) {
                String message = assertThrows(IllegalArgumentException.class, () -> batch.add(prompt(0, 3, 1), GREEDY,
                        _ -> { })).getMessage();
                assertTrue(message.startsWith("RaggedDecoding.Memory: expected at least 8192 bytes, of 32 tokens."),
                        message);
            }
        }
    }

    /** Logits of a text's end, of which all but the end is read from memory, are off by a share of their spread. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "grouped", "sliding", "gemma2"})
    void memoryOfFewerBitsIsNear(String name) {
        long before = Scope.live();
        try (var model = model(name); var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor exact = end(model, Memory.DEFAULT);
            for (var type : List.of(DType.BFLOAT16, DType.INT8)) {
                double off = exact.sub(end(model, new Memory(1 << 20, type))).abs().max().item() / exact.std().item();
                assertTrue(off < (type == DType.INT8 ? 0.12 : 0.05), () -> type + ": " + off);
                assertTrue(off > 0, "rounded");
            }
        }
        assertTrue(Scope.live() <= before);
    }

    private static Tensor end(CausalLm model, Memory memory) {
        long[] text = prompt(0, 90, 1);
        try (var decoding = model.together(memory); var row = decoding.open(text, 1)) {
            decoding.read(List.of(new RaggedDecoding.Piece(row, Arrays.copyOf(text, 70), 0)));
            return decoding.read(List.of(new RaggedDecoding.Piece(row, Arrays.copyOfRange(text, 70, 90), 20)));
        }
    }

    /** Fewer bits are near enough for these models. */
    @Test void textsOfFewerBitsBeginAlike() {
        try (var model = model("grouped")) {
            var generator = new Generator(model, LETTERS);
            var prompts = List.of(prompt(70, 9, 1), prompt(70, 30, 2));
            var alone = alone(generator, prompts);
            for (var type : List.of(DType.BFLOAT16, DType.INT8)) {
                var texts = new ArrayList<StringBuilder>();
                try (var batch = generator.batch(new Limits(20, new Memory(1 << 20, type)))) {
                    assertEquals(64, write(batch, prompts, texts, 0, 12).getLast().knownTokens());
                }
                for (int i = 0; i < 2; i++) assertEquals(alone.get(i).substring(0, 3), texts.get(i).substring(0, 3));
            }
        }
    }

    /** A short text writes a token in each step while a long prompt is read in pieces of 16. */
    @Test void longPromptsHoldUpNobody() {
        try (var model = model("gpt2")) {
            var generator = new Generator(model, LETTERS);
            try (var batch = generator.batch(new Limits(16, Memory.DEFAULT))) {
                var brief = batch.add(prompt(0, 3, 1), GREEDY, _ -> { });
                batch.step();
                var lengthy = batch.add(prompt(0, 100, 2), GREEDY, _ -> { });
                for (int step = 2; step <= 8; step++) {
                    assertEquals(0, lengthy.tokens());
                    batch.step();
                    assertEquals(step, brief.tokens());
                }
                assertEquals(1, lengthy.tokens()); // 100 tokens are 7 pieces
            }
        }
    }

    @Test void whoLeavesFreesItsMemory() {
        try (var model = model("gpt2")) {
            var generator = new Generator(model, LETTERS);
            long before = Scope.live();
            try (var batch = generator.batch()) {
                for (int length : new int[] {20, 40}) { // the second has a whole block
                    var gone = batch.add(prompt(0, length, 1), GREEDY, _ -> { });
                    batch.step();
                    assertEquals(before + 4, Scope.live()); // keys and values of two layers
                    batch.remove(gone);
                    assertEquals(before, Scope.live());
                }
                batch.add(prompt(0, 40, 1), GREEDY, _ -> { });
                while (batch.size() > 0) batch.step();
                assertEquals(before + 4, Scope.live()); // whole blocks of one that has ended, which others may share
            }
            assertEquals(before, Scope.live());
        }
    }

    /** Guesses change how many steps a text takes, and nothing else. */
    @Test void guessedTextsAreTheSame() {
        long before = Scope.live();
        try (var model = model("gpt2"); var small = model("grouped"); var draft = new DraftModel(small);
                var itself = new DraftModel(model)) {
            var plain = new Generator(model, LETTERS);
            var prompts = List.of(prompt(40, 9, 1), prompt(40, 30, 2), prompt(0, 195, 3)); // the last outgrows 200
            var alone = alone(plain, prompts);
            for (var by : List.of(Guesser.lookup(3), draft, itself, (Guesser) (_, most) -> new long[most])) {
                var texts = new ArrayList<StringBuilder>();
                try (var batch = plain.guessing(by, 5).batch()) {
                    write(batch, prompts, texts, 0, 2, 3);
                }
                assertEquals(alone, strings(texts));
            }
            try (var batch = plain.guessing(itself, 4).batch()) {
                var text = batch.add(prompts.getFirst(), GREEDY, _ -> { });
                for (int step = 0; step < 4; step++) batch.step();
                assertEquals(1 + 3 * 5, text.tokens()); // all of four guesses are right
            }
        }
        assertTrue(Scope.live() <= before);
    }
}

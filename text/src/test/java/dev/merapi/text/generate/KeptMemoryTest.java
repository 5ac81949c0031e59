package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ContinuousBatch.Limits;
import dev.merapi.text.generate.RaggedDecoding.Memory;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What prompts begin with is known at the next start too; texts are what they are without. */
class KeptMemoryTest {
    private static final Letters LETTERS = new Letters();
    private static final Generation GREEDY = Generation.DEFAULT.maxTokens(12);
    private static final Logger LOG = Logger.getLogger("dev.merapi.text.model.causal.KeptMemory");

    @TempDir Path folder;

    private final List<String> said = new ArrayList<>();

    /** Of sharp opinions, so that rounding decides nothing. */
    private static CausalLm model(String name, long seed) {
        Torch.seed(seed);
        CausalLm model = "gpt2".equals(name) ? new Gpt2(Gpt2Config.of(26, 300, 2, 2, 16, 0))
                : new Llama(LlamaConfig.of(Family.LLAMA, 26, 16, 24, 2, 4, 2).context(300));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().values().stream().distinct().filter(param -> param.rank() == 2)
                    .forEach(param -> param.copy_(param.add(Tensor.randn(param.shape()).mul(0.5))));
        }
        return model;
    }

    private static long[] prompt(int same, int own, long seed) {
        return LongStream.concat(letters(99, same), letters(seed, own)).toArray();
    }

    private static LongStream letters(long seed, int count) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToLong(_ -> random.nextInt(26));
    }

    /** How much was known of each prompt, and what was written after them one after the other. */
    private record Written(List<Integer> known, List<String> texts) {}

    private static Written write(CausalLm model, Memory memory, List<long[]> prompts) {
        var written = new Written(new ArrayList<>(), new ArrayList<>());
        try (var batch = new Generator(model, LETTERS).batch(new Limits(64, memory))) {
            for (long[] prompt : prompts) {
                var out = new StringBuilder();
                var text = batch.add(prompt, GREEDY, out::append);
                while (batch.size() > 0) batch.step();
                written.known.add(text.knownTokens());
                written.texts.add(out.toString());
            }
        }
        return written;
    }

    private void hear(Runnable action) {
        var handler = new Handler() {
            @Override public void publish(LogRecord record) { said.add(record.getMessage()); }

            @Override public void flush() { }

            @Override public void close() { }
        };
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
        try {
            action.run();
        } finally {
            LOG.removeHandler(handler);
            LOG.setUseParentHandlers(true);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "grouped"})
    void beginningsAreKnownAtTheNextStart(String name) {
        long before = Scope.live();
        var file = folder.resolve("kept/model.safetensors");
        var prompts = List.of(prompt(100, 9, 1), prompt(100, 30, 2), prompt(40, 20, 3), prompt(0, 70, 4));
        for (var type : new DType[] {null, DType.BFLOAT16, DType.INT8}) {
            try (var model = model(name, 5)) {
                var memory = new Memory(1 << 20, type, file);
                var first = write(model, memory, prompts);
                assertEquals(List.of(0, 96, 32, 0), first.known);
                var second = write(model, memory, prompts);
                assertEquals(List.of(96, 96, 32, 0), second.known, "what came once alone is not kept");
                assertEquals(first.texts, second.texts);
                assertEquals(List.of(96), write(model, memory, List.of(prompt(100, 5, 9))).known);
            }
            try (var again = model(name, 5)) {
                assertEquals(List.of(96), write(again, new Memory(1 << 20, type, file), List.of(prompt(100, 5, 9)))
                        .known, "the same weights are the same model");
            }
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void onlyWhatFitsIsTaken() {
        var file = folder.resolve("kept.safetensors");
        try (var model = model("grouped", 5)) {
            var prompts = List.of(prompt(100, 9, 1), prompt(100, 30, 2));
            write(model, new Memory(1 << 20, null, file), prompts);
            long block = 2 * 32 * 2 * 2 * 4 * 4; // keys and values, tokens, layers, groups, sizes of heads, bytes
            var brief = List.of(prompt(40, 9, 1), prompt(40, 9, 1));
            assertEquals(List.of(0, 0), write(model, new Memory(2 * block, null, file), brief).known);
            write(model, new Memory(1 << 20, null, file), prompts);
            assertEquals(List.of(0, 32), write(model, new Memory(3 * block, null, file), brief).known,
                    "what is kept makes room");
            write(model, new Memory(1 << 20, null, file), prompts);
            assertEquals(List.of(32, 32), write(model, new Memory(4 * block, null, file), brief).known);
        }
    }

    @Test void anothersMemoryIsNotTaken() {
        var file = folder.resolve("kept.safetensors");
        var prompts = List.of(prompt(100, 9, 1), prompt(100, 30, 2));
        try (var model = model("grouped", 5); var other = model("grouped", 6)) {
            write(model, new Memory(1 << 20, null, file), prompts);
            hear(() -> assertEquals(List.of(0, 96), write(other, new Memory(1 << 20, null, file), prompts).known));
            assertEquals(List.of("Prompts are read anew: " + file
                    + ": expected what this model remembers. Received that of another."), said);
            assertEquals(List.of(96, 96), write(other, new Memory(1 << 20, null, file), prompts).known);
            said.clear();
            hear(() -> assertEquals(List.of(0, 96), write(other, new Memory(1 << 20, DType.BFLOAT16, file), prompts)
                    .known));
            assertEquals(List.of("Prompts are read anew: " + file
                    + ": expected keys and values in bfloat16. Received another type."), said);
            try (var _ = Scope.open(); var _ = Torch.noGrad()) { // a weight, a little
                other.params().values().iterator().next().narrow(0, 3, 1).add_(1e-3);
            }
            hear(() -> assertEquals(List.of(0, 96), write(other, new Memory(1 << 20, DType.BFLOAT16, file), prompts)
                    .known));
        }
    }

    @Test void aDamagedFileIsSaidAndNotTaken() throws IOException {
        var file = folder.resolve("kept.safetensors");
        var prompts = List.of(prompt(100, 9, 1), prompt(100, 30, 2));
        try (var model = model("grouped", 5)) {
            var texts = write(model, new Memory(1 << 20, null, file), prompts).texts;
            byte[] good = Files.readAllBytes(file);
            for (int at : new int[] {3, 200, good.length / 2, good.length - 1}) {
                byte[] bad = good.clone();
                bad[at] ^= 4;
                Files.write(file, bad);
                said.clear();
                hear(() -> {
                    var written = write(model, new Memory(1 << 20, null, file), prompts);
                    assertEquals(texts, written.texts);
                    assertEquals(List.of(0, 96), written.known);
                });
                assertEquals(1, said.size(), () -> at + ": " + said);
                assertTrue(said.getFirst().startsWith("Prompts are read anew: " + file), said::toString);
            }
            Files.write(file, Arrays.copyOf(good, good.length - 7));
            hear(() -> assertEquals(List.of(0, 96), write(model, new Memory(1 << 20, null, file), prompts).known));
            write(model, new Memory(1 << 20, null, folder.resolve("none.safetensors")), List.of(prompt(100, 9, 1)));
            assertFalse(Files.exists(folder.resolve("none.safetensors")), "nothing came twice");
        }
    }
}

package dev.merapi.text.generate;

import dev.merapi.recipe.Bits;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ContinuousBatch.Limits;
import dev.merapi.text.generate.RaggedDecoding.Memory;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.Share;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageException;
import dev.merapi.text.model.causal.StageServer;
import dev.merapi.text.model.causal.Stages;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model whose blocks are in several places writes what it writes in one. */
class StagesTest {
    private static final Letters LETTERS = new Letters();
    private static final Generation GREEDY = Generation.DEFAULT.maxTokens(20);
    private static final Generation DRAWN = GREEDY.temperature(0.9).topP(0.95).seed(3);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path folder;

    /** Of sharp opinions, so that rounding decides nothing. */
    private Path save(String name) {
        Torch.seed(5);
        try (CausalLm model = "gpt2".equals(name) ? new Gpt2(Gpt2Config.of(26, 120, 5, 2, 16, 0))
                : new Llama(llama(name))) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                model.params().values().stream().distinct().filter(param -> param.rank() == 2)
                        .forEach(param -> param.copy_(param.add(Tensor.randn(param.shape()).mul(0.4))));
            }
            Path at = folder.resolve(name);
            if (model instanceof Gpt2 gpt) gpt.save(at);
            else ((Llama) model).save(at);
            return at;
        }
    }

    private static LlamaConfig llama(String name) {
        return switch (name) {
            case "grouped" -> LlamaConfig.of(Family.LLAMA, 26, 16, 24, 5, 4, 2).context(120);
            case "biased" -> LlamaConfig.of(Family.QWEN2, 26, 16, 24, 5, 4, 2).context(120);
            case "tied" -> LlamaConfig.of(Family.LLAMA, 26, 16, 24, 5, 4, 2).context(120).tied();
            default -> LlamaConfig.of(Family.GEMMA2, 26, 16, 24, 5, 4, 2).head(8).context(120).window(40);
        };
    }

    private static CausalLm load(Path folder, Stage stage) {
        return folder.endsWith("gpt2") ? Gpt2.load(folder, Bits.NONE, stage)
                : Llama.load(folder, Bits.NONE, stage);
    }

    private static CausalLm load(Path folder, Stage stage, int part, int parts) {
        return Llama.load(folder, Bits.NONE, stage, new Share(part, parts));
    }

    /** Stages that listen, and a model that goes on there. */
    private static final class Staged implements AutoCloseable {
        final List<CausalLm> models = new ArrayList<>();
        final List<StageServer> servers = new ArrayList<>();
        final CausalLm first;

        /** @param cuts where one stage ends and the next begins */
        Staged(Path folder, String token, int... cuts) { this(1, folder, token, cuts); }

        /** @param parts of each stage */
        Staged(int parts, Path folder, String token, int... cuts) {
            var places = new ArrayList<String>();
            for (int i = cuts.length - 1; i >= 0; i--) { // in any order
                var others = new ArrayList<String>();
                for (int part = 1; part < parts; part++) {
                    others.add(start(folder, token, cuts, i, part, parts, List.of()));
                }
                places.add(start(folder, token, cuts, i, 0, parts, others));
            }
            var stages = Stages.at(places, token, LIMIT);
            first = load(folder, stages.first());
            first.goOnAt(stages);
        }

        private String start(Path folder, String token, int[] cuts, int i, int part, int parts, List<String> others) {
            var stage = Stage.of(cuts[i], i + 1 < cuts.length ? cuts[i + 1] : 5);
            models.add(parts == 1 ? load(folder, stage) : load(folder, stage, part, parts));
            servers.add(StageServer.start(models.getLast(), "127.0.0.1", 0, token, others));
            return "127.0.0.1:" + servers.getLast().port();
        }

        @Override public void close() {
            first.close();
            servers.forEach(StageServer::close);
            models.forEach(CausalLm::close);
        }
    }

    private static long[] prompt(int same, int own, long seed) {
        return LongStream.concat(letters(99, same), letters(seed, own)).toArray();
    }

    private static LongStream letters(long seed, int count) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToLong(_ -> random.nextInt(26));
    }

    /** Texts that join at different steps, and leave. */
    private static List<String> together(Generator generator, List<long[]> prompts, Generation options, Memory memory) {
        var texts = new ArrayList<StringBuilder>();
        try (var batch = generator.batch(new Limits(16, memory))) {
            for (int step = 0; texts.size() < prompts.size() || batch.size() > 0; step++) {
                if (step % 3 == 0 && texts.size() < prompts.size()) {
                    var out = new StringBuilder();
                    texts.add(out);
                    batch.add(prompts.get(texts.size() - 1), options, out::append);
                }
                for (var ended : batch.step()) if (ended.error() != null) throw ended.error();
            }
        }
        return texts.stream().map(StringBuilder::toString).toList();
    }

    @ParameterizedTest
    @CsvSource({"gpt2, 2, 4", "grouped, 1, 2", "tied, 0, 3", "gemma2, 3, 4"})
    void textsAreThoseOfOneProcess(String name, int cut, int second) {
        Path at = save(name);
        long before = Scope.live();
        var prompts = List.of(prompt(40, 9, 1), prompt(40, 30, 2), prompt(0, 5, 3), prompt(70, 1, 4), prompt(40, 9, 1));
        try (var whole = load(at, null); var staged = new Staged(at, "word", cut, second)) {
            var one = new Generator(whole, LETTERS);
            var several = new Generator(staged.first, LETTERS);
            for (var options : List.of(GREEDY, DRAWN)) {
                assertEquals(one.generate(prompts.getFirst(), options, _ -> { }),
                        several.generate(prompts.getFirst(), options, _ -> { }));
                var batch = several.generateIds(prompts, options);
                var expected = one.generateIds(prompts, options);
                for (int i = 0; i < batch.size(); i++) assertArrayEquals(expected.get(i), batch.get(i));
                var small = new Memory(9 * 2 * 32 * 3 * 4 * 16 * 4, null); // some wait, and forget what nobody uses
                for (var memory : List.of(Memory.DEFAULT, new Memory(1 << 20, DType.BFLOAT16),
                        new Memory(1 << 20, DType.INT8), small)) {
                    assertEquals(together(one, prompts, options, memory), together(several, prompts, options, memory));
                }
            }
            var beams = GREEDY.beams(3); // rows that come twice, and leave
            assertArrayEquals(one.generate(prompts.get(2), beams), several.generate(prompts.get(2), beams));
            var guessing = several.guessing(Guesser.lookup(2), 3); // tokens that are taken back
            assertArrayEquals(one.generate(prompts.get(1), GREEDY), guessing.generate(prompts.get(1), GREEDY));
            var longer = GREEDY.maxTokens(90); // beyond the context, whose older half is forgotten
            assertArrayEquals(one.generate(prompts.get(1), longer), several.generate(prompts.get(1), longer));
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = whole.evaluating();
                    var _ = staged.first.evaluating()) {
                var ids = Tensor.of(prompts.getFirst(), 1, prompts.getFirst().length);
                assertTrue(whole.forward(ids).allClose(staged.first.forward(ids), 1e-4, 1e-4));
            }
        }
        assertTrue(Scope.live() <= before, () -> before + " to " + Scope.live());
    }

    /** Blocks of which each process has half the heads; of several stages, or one of all blocks. */
    @ParameterizedTest
    @CsvSource({"grouped, 0, 0", "biased, 1, 3", "gemma2, 0, 2"})
    void partsWriteWhatOneProcessWrites(String name, int cut, int second) {
        Path at = save(name);
        long before = Scope.live();
        var prompts = List.of(prompt(40, 9, 1), prompt(40, 30, 2), prompt(0, 5, 3));
        int[] cuts = second == 0 ? new int[] {cut} : new int[] {cut, second};
        try (var whole = load(at, null); var parted = new Staged(2, at, "word", cuts)) {
            var one = new Generator(whole, LETTERS);
            var several = new Generator(parted.first, LETTERS);
            for (var options : List.of(GREEDY, DRAWN)) {
                var batch = several.generateIds(prompts, options);
                var expected = one.generateIds(prompts, options);
                for (int i = 0; i < batch.size(); i++) assertArrayEquals(expected.get(i), batch.get(i));
                for (var memory : List.of(Memory.DEFAULT, new Memory(1 << 20, DType.INT8))) {
                    assertEquals(together(one, prompts, options, memory), together(several, prompts, options, memory));
                }
            }
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = whole.evaluating();
                    var _ = parted.first.evaluating()) {
                var ids = Tensor.of(prompts.getFirst(), 1, prompts.getFirst().length);
                assertTrue(whole.forward(ids).allClose(parted.first.forward(ids), 1e-4, 1e-4));
            }
        }
        assertTrue(Scope.live() <= before, () -> before + " to " + Scope.live());
    }

    @Test void aPartHasItsShareOfEachBlock() {
        Path at = save("grouped");
        long before = Scope.live();
        try (var whole = load(at, Stage.of(2, 4)); var half = load(at, Stage.of(2, 4), 1, 2)) {
            long norms = 2 * 2 * 16;
            assertEquals((whole.parameterCount() - norms) / 2 + norms, half.parameterCount());
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void aPartThatEndsIsSaidAndFoundAgain() {
        Path at = save("grouped");
        try (var parted = new Staged(2, at, "word", 0)) {
            var generator = new Generator(parted.first, LETTERS);
            long[] expected = generator.generate(prompt(0, 5, 1), GREEDY);
            int port = parted.servers.getFirst().port(); // of the second part
            var batch = generator.batch();
            batch.add(prompt(0, 5, 1), GREEDY, _ -> { });
            batch.step();
            parted.servers.getFirst().close();
            String lost = assertThrows(StageException.class, batch::step).getMessage();
            assertTrue(lost.startsWith("The stage at 127.0.0.1:" + parted.servers.getLast().port() + " has failed: The"
                    + " stage at 127.0.0.1:" + port + " is lost"), lost);
            batch.close();
            String gone = assertThrows(StageException.class, () -> generator.generate(prompt(0, 5, 1), GREEDY))
                    .getMessage();
            assertTrue(gone.contains("127.0.0.1:" + port + " cannot be reached"), gone);
            try (var _ = StageServer.start(parted.models.getFirst(), "127.0.0.1", port, "word")) {
                assertArrayEquals(expected, generator.generate(prompt(0, 5, 1), GREEDY));
            }
        }
    }

    @Test void whatCannotBeDividedIsSaid() {
        Path at = save("grouped");
        long before = Scope.live();
        assertEquals("parts: expected a stage without the model's ends. Received a whole model.", refused(() ->
                load(at, null, 0, 2)));
        assertEquals("parts: expected a stage without the model's ends. Received blocks 0 to 2.", refused(() ->
                load(at, Stage.first(2), 0, 2)));
        assertEquals("parts: expected a number that divides the 2 heads of keys. Received 3.", refused(() ->
                load(at, Stage.of(2, 5), 0, 3)));
        assertEquals("part: expected one of 0 to 1. Received 2.", refused(() -> new Share(2, 2)));
        try (var first = load(at, Stage.of(2, 5), 0, 2); var second = load(at, Stage.of(2, 5), 1, 2)) {
            assertEquals("others: expected as many places as there are other parts, 1, for part 0 of 2. Received [].",
                    refused(() -> StageServer.start(first, "127.0.0.1", 0, "")));
            try (var server = StageServer.start(second, "127.0.0.1", 0, "")) {
                String message = assertThrows(StageException.class, () -> Stages.at(List.of("127.0.0.1:"
                        + server.port()), "", LIMIT)).getMessage();
                assertTrue(message.endsWith("has failed: it is part 1 of 2 of this stage, of which part 0 is asked"),
                        message);
            }
        }
        assertTrue(Scope.live() <= before);
    }

    private static String refused(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "grouped"})
    void aStageHoldsItsOwnWeightsAlone(String name) {
        Path at = save(name);
        long before = Scope.live();
        try (var whole = load(at, null); var one = load(at, Stage.of(2, 4)); var first = load(at, Stage.first(2));
                var last = load(at, Stage.of(4, 5))) {
            String blocks = "gpt2".equals(name) ? "transformer.h." : "model.layers.";
            long block = whole.params().entrySet().stream().filter(param -> param.getKey().startsWith(blocks + "3."))
                    .mapToLong(param -> param.getValue().numel()).sum();
            assertEquals(2 * block, one.parameterCount());
            assertEquals(block, last.parameterCount());
            assertEquals(whole.parameterCount() - 3 * block, first.parameterCount());
            assertTrue(whole.params().get(blocks + "3." + own(name)).sameAs(one.params().get(blocks + "1."
                    + own(name))));
        }
        assertTrue(Scope.live() <= before);
    }

    private static String own(String name) { return "gpt2".equals(name) ? "mlp.c_fc.weight" : "mlp.up_proj.weight"; }

    @Test void aStageThatEndsIsSaid() {
        Path at = save("grouped");
        try (var staged = new Staged(at, "", 2)) {
            var generator = new Generator(staged.first, LETTERS);
            var batch = generator.batch();
            batch.add(prompt(0, 5, 1), GREEDY, _ -> { });
            batch.step();
            staged.servers.getFirst().close();
            String lost = assertThrows(StageException.class, batch::step).getMessage();
            assertTrue(lost.startsWith("The stage at 127.0.0.1:" + staged.servers.getFirst().port() + " is lost: "),
                    lost);
            assertThrows(StageException.class, batch::step); // it stays so
            batch.close();
            String gone = assertThrows(StageException.class, () -> generator.generate(prompt(0, 5, 1), GREEDY))
                    .getMessage();
            assertTrue(gone.contains("cannot be reached"), gone);
        }
    }

    /** One that takes what it is sent, and answers the first question alone. */
    @Test void aSilentStageIsNotWaitedForLong() throws Exception {
        Path at = save("grouped");
        try (var model = load(at, Stage.of(2, 5)); var server = StageServer.start(model, "127.0.0.1", 0, "");
                var between = new Between(server.port())) {
            var stages = Stages.at(List.of("127.0.0.1:" + between.port()), "", Duration.ofMillis(300));
            try (var first = load(at, stages.first())) {
                first.goOnAt(stages);
                var decoding = first.begin(List.of(prompt(0, 5, 1)), 3);
                between.silent = true;
                String lost = assertThrows(StageException.class, () -> decoding.read(Tensor.of(new long[] {1})))
                        .getMessage();
                assertTrue(lost.contains("it was silent for 0.3 s"), lost);
                decoding.close();
            }
        }
    }

    @Test void whatWasDamagedOnTheWayIsRefused() throws Exception {
        Path at = save("grouped");
        try (var model = load(at, Stage.of(2, 5)); var server = StageServer.start(model, "127.0.0.1", 0, "");
                var between = new Between(server.port())) {
            var stages = Stages.at(List.of("127.0.0.1:" + between.port()), "", LIMIT);
            try (var first = load(at, stages.first())) {
                first.goOnAt(stages);
                try (var decoding = first.begin(List.of(prompt(0, 5, 1)), 3)) {
                    between.damage = true;
                    String lost = assertThrows(StageException.class, () -> decoding.read(Tensor.of(new long[] {1})))
                            .getMessage();
                    assertTrue(lost.contains("is lost"), lost);
                }
            }
        }
    }

    @Test void whoDoesNotBelongToItIsRefused() {
        Path at = save("grouped"), other = save("tied");
        try (var model = load(at, Stage.of(2, 5)); var server = StageServer.start(model, "127.0.0.1", 0, "word")) {
            var place = List.of("127.0.0.1:" + server.port());
            assertThrows(StageException.class, () -> Stages.at(place, "another", LIMIT));
            assertThrows(StageException.class, () -> Stages.at(place, "", LIMIT));
            var stages = Stages.at(place, "word", LIMIT);
            try (var first = load(other, stages.first())) {
                assertEquals("stages: expected blocks 2 to 5 of this model, in float32, at "
                        + place.getFirst() + ". Received another.", assertThrows(IllegalArgumentException.class,
                        () -> first.goOnAt(stages)).getMessage());
            }
            assertEquals("stages: expected blocks that follow each other. Received [blocks 2 to 5 at "
                    + place.getFirst() + ", blocks 2 to 5 at " + place.getFirst() + "].",
                    assertThrows(IllegalArgumentException.class,
                    () -> Stages.at(List.of(place.getFirst(), place.getFirst()), "word", LIMIT)).getMessage());
            assertEquals("token: expected one where other machines can reach 0.0.0.0. Received none.",
                    assertThrows(IllegalArgumentException.class, () -> StageServer.start(model, "0.0.0.0", 0, ""))
                            .getMessage());
        }
        try (var short1 = load(at, Stage.of(2, 4)); var server = StageServer.start(short1, "127.0.0.1", 0, "")) {
            var stages = Stages.at(List.of("127.0.0.1:" + server.port()), "", LIMIT);
            try (var first = load(at, stages.first())) {
                assertEquals("stages: expected blocks up to 5. Received up to 4.",
                        assertThrows(IllegalArgumentException.class, () -> first.goOnAt(stages)).getMessage());
            }
        }
    }

    /** Passes on what one says to another, until told otherwise. */
    private static final class Between implements AutoCloseable {
        private final ServerSocket socket;
        private final int to;
        volatile boolean silent, damage;

        Between(int to) throws IOException {
            this.to = to;
            socket = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
            Thread.ofPlatform().daemon().start(this::accept);
        }

        int port() { return socket.getLocalPort(); }

        private void accept() {
            while (!socket.isClosed()) {
                try {
                    var one = socket.accept();
                    var other = new Socket(InetAddress.getLoopbackAddress(), to);
                    Thread.ofPlatform().daemon().start(() -> pass(one, other));
                    Thread.ofPlatform().daemon().start(() -> pass(other, one));
                } catch (IOException e) { // it is closed
                }
            }
        }

        private void pass(Socket from, Socket to) {
            byte[] bytes = new byte[1 << 16];
            try (from; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
                for (int read = in.read(bytes); read > 0; read = in.read(bytes)) {
                    if (silent) continue;
                    if (damage) bytes[read - 1] ^= 1;
                    out.write(bytes, 0, read);
                }
            } catch (IOException e) { // one of them is gone
            }
        }

        @Override public void close() throws IOException { socket.close(); }
    }
}

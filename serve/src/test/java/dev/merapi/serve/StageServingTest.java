package dev.merapi.serve;

import dev.merapi.recipe.Bits;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageServer;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.tokenizer.BpeTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model whose blocks are in several processes, behind HTTP. */
class StageServingTest {
    private static final ServeConfig CONFIG = new ServeConfig(0, "127.0.0.1", "", 8, 1, 64, 100_000, 64, 60, 10, 0, "",
            "");
    private static final List<String> PROMPTS = List.of("the cat sat on", "Ann", "it rains today and the mat is");

    @TempDir Path folder;

    private static Map<String, Object> wish(String prompt) {
        return Map.of("model", "gpt", "prompt", prompt, "max_tokens", 12, "temperature", 0.8, "seed", 3);
    }

    private static List<String> ask(InferenceServer server) throws Exception {
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<String>>();
            for (String prompt : PROMPTS) {
                all.add(clients.submit(() -> Tiny.post(server, "/v1/completions", wish(prompt)).json()
                        .at("/choices/0/text").textValue()));
            }
            var texts = new ArrayList<String>();
            for (var one : all) texts.add(one.get());
            return texts;
        }
    }

    private static List<ProcessHandle> stages() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }

    @Test void processesOfThisMachineWriteTheSame() throws Exception {
        Path gpt = Tiny.gpt(folder.resolve("gpt"), 4096, 3, 2, 16);
        long before = Scope.live();
        List<String> expected;
        try (var server = InferenceServer.start(CONFIG, List.of(gpt), Device.CPU)) {
            expected = ask(server);
        }
        try (var server = InferenceServer.start(CONFIG.stages("2", ""), List.of(gpt), Device.CPU)) {
            assertEquals(expected, ask(server));
            assertEquals(1, stages().size());
            stages().getFirst().destroyForcibly();
            var lost = Tiny.post(server, "/v1/completions", wish("the cat"));
            assertEquals(503, lost.status());
            assertTrue(lost.error().startsWith("The stage at 127.0.0.1:"), lost::text);
            assertEquals(200, Tiny.post(server, "/v2/repository/models/gpt/load", Map.of()).status());
            assertEquals(expected, ask(server));
        }
        for (var process : stages()) process.onExit().get();
        assertTrue(Scope.live() <= before);
    }

    /** Each of two processes has half the heads of all blocks. */
    @Test void partsWriteTheSame() throws Exception {
        Path llama = folder.resolve("gpt");
        Torch.seed(7);
        try (var tokenizer = BpeTrainer.of(300).train(Tiny.TEXTS.stream());
                var model = new Llama(LlamaConfig.of(Family.LLAMA, tokenizer.vocabSize(), 16, 24, 2, 4, 2)
                        .context(4096))) {
            model.save(llama);
            tokenizer.save(llama);
        }
        assertEquals("parts: expected a number that divides the 2 heads of keys. Received 3.", assertThrows(
                IllegalArgumentException.class, () -> InferenceServer.start(CONFIG.stages("1x3", ""), List.of(llama),
                        Device.CPU)).getMessage());
        long before = Scope.live();
        List<String> expected;
        try (var server = InferenceServer.start(CONFIG, List.of(llama), Device.CPU)) {
            expected = ask(server);
        }
        try (var server = InferenceServer.start(CONFIG.stages("1x2", ""), List.of(llama), Device.CPU)) {
            assertEquals(expected, ask(server));
            assertEquals(2, stages().size());
            stages().getFirst().destroyForcibly();
            var lost = Tiny.post(server, "/v1/completions", wish("the cat"));
            assertEquals(503, lost.status(), lost::text);
            assertEquals(200, Tiny.post(server, "/v2/repository/models/gpt/load", Map.of()).status());
            assertEquals(expected, ask(server));
        }
        for (var process : stages()) process.onExit().get();
        assertTrue(Scope.live() <= before);
    }

    @Test void stagesElsewhereComeAndGo() throws Exception {
        Path gpt = Tiny.gpt(folder.resolve("gpt"), 4096, 3, 2, 16);
        Path token = Files.writeString(folder.resolve("token"), "word\n");
        List<String> expected;
        try (var server = InferenceServer.start(CONFIG, List.of(gpt), Device.CPU)) {
            expected = ask(server);
        }
        try (var model = Gpt2.load(gpt, Bits.NONE, Stage.of(0, 3))) {
            var stage = StageServer.start(model, "127.0.0.1", 0, "word");
            int port = stage.port();
            try (var server = InferenceServer.start(CONFIG.stages("127.0.0.1:" + port, token.toString()), List.of(gpt),
                    Device.CPU)) {
                assertEquals(expected, ask(server));
                stage.close();
                assertEquals(503, Tiny.post(server, "/v1/completions", wish("the cat")).status());
                try (var _ = StageServer.start(model, "127.0.0.1", port, "word")) {
                    assertEquals(expected, ask(server)); // it is found again
                }
            }
        }
    }

    @Test void whatStagesCannotDoIsSaid() {
        Path gpt = Tiny.gpt(folder.resolve("gpt"));
        assertEquals("stages: expected at least 2, and no more than the model's 1 blocks. Received 2.", assertThrows(
                IllegalArgumentException.class, () -> InferenceServer.start(CONFIG.stages("2", ""), List.of(gpt),
                        Device.CPU)).getMessage());
        assertEquals("parts: expected a Llama or one of its relatives. Received a GPT-2 in " + gpt + ".", assertThrows(
                IllegalArgumentException.class, () -> InferenceServer.start(CONFIG.stages("1x2", ""), List.of(gpt),
                        Device.CPU)).getMessage());
        Path other = Path.of("pom.xml");
        assertEquals("stages: expected the folder of a GPT-2, a Llama or one of its relatives, or a GGUF file; runs"
                + " cannot be divided. Received " + other + ".",
                assertThrows(IllegalArgumentException.class, () -> InferenceServer.start(CONFIG.stages("2", ""),
                        List.of(other), Device.CPU)).getMessage());
        assertEquals("texts.adapters: expected none beside stages. Received loras; merge one into the model and save"
                + " that (Adapters.merge), which can be divided.", assertThrows(IllegalArgumentException.class,
                () -> CONFIG.texts(ServeConfig.Texts.DEFAULT.adapters("loras")).stages("2", "")).getMessage());
    }
}

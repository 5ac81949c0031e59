package dev.merapi.serve;

import dev.merapi.serve.ServeConfig.Keep;
import dev.merapi.serve.ServeConfig.Texts;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.tokenizer.BpeTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Texts of many requests in little memory, read in pieces, with guesses. */
class TextMemoryTest {
    private static final ServeConfig CONFIG = new ServeConfig(0, "127.0.0.1", "", 8, 1, 64, 100_000, 64, 60, 10, 0, "",
            "");

    @TempDir Path folder;

    private static List<String> ask(InferenceServer server, List<String> prompts) throws Exception {
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<String>>();
            for (String prompt : prompts) {
                all.add(clients.submit(() -> Tiny.post(server, "/v1/completions", Map.of("model", "gpt", "prompt",
                        prompt, "max_tokens", 12)).json().at("/choices/0/text").textValue()));
            }
            var texts = new ArrayList<String>();
            for (var one : all) texts.add(one.get());
            return texts;
        }
    }

    @Test void settingsChangeNoText() throws Exception {
        Path gpt = Tiny.gpt(folder.resolve("gpt"));
        String same = String.join(" ", Tiny.TEXTS).repeat(2);
        var prompts = List.of(same + " a", same + " the mat", "the cat", same + " rains", "it rains today", same);
        long before = Scope.live();
        List<String> expected = new ArrayList<>();
        try (var server = InferenceServer.start(CONFIG, List.of(gpt), Device.CPU)) {
            for (String prompt : prompts) expected.addAll(ask(server, List.of(prompt)));
        }
        var little = CONFIG.texts(Texts.DEFAULT.limits(1, 16).guess(3, ""));
        try (var server = InferenceServer.start(little, List.of(gpt), Device.CPU)) {
            assertEquals(expected, ask(server, prompts));
            assertTrue(known(server) > 64, () -> known(server) + " tokens");
        }
        assertTrue(Scope.live() <= before);
    }

    private static double known(InferenceServer server) {
        String known = Tiny.get(server, "/metrics").text().lines().filter(line -> line.startsWith(
                "merapi_tokens_total{model=\"gpt\",kind=\"known\"}")).findFirst().orElseThrow();
        return Double.parseDouble(known.substring(known.indexOf(' ')));
    }

    /** A beginning that came twice is known after a restart. */
    @Test void promptsAreKnownAfterARestart() throws Exception {
        Path gpt = Tiny.gpt(folder.resolve("gpt"));
        String same = String.join(" ", Tiny.TEXTS).repeat(2);
        var prompts = List.of(same + " a", same + " the mat");
        var config = CONFIG.texts(Texts.DEFAULT.kept(folder.resolve("kept").toString()));
        List<String> texts = new ArrayList<>();
        try (var server = InferenceServer.start(config, List.of(gpt), Device.CPU)) {
            for (String prompt : prompts) texts.addAll(ask(server, List.of(prompt)));
        }
        try (var server = InferenceServer.start(config, List.of(gpt), Device.CPU)) {
            assertEquals(texts.getFirst(), ask(server, prompts.subList(0, 1)).getFirst());
            assertTrue(known(server) >= 64, () -> known(server) + " tokens");
        }
    }

    /** A prompt that has no room in float32. */
    @Test void eightBitsHaveRoomForMore() throws Exception {
        Path gpt = Tiny.gpt(folder.resolve("gpt"), 4096, 4, 2, 128); // 4 KiB a token, and in int8 1,088 bytes
        String prompt = "the cat sat on the mat and it rains today ".repeat(15);
        for (var keep : Keep.values()) {
            try (var server = InferenceServer.start(CONFIG.texts(Texts.DEFAULT.limits(1, 64).keep(keep)), List.of(gpt),
                    Device.CPU)) {
                var answer = Tiny.post(server, "/v1/completions", Map.of("model", "gpt", "prompt", prompt,
                        "max_tokens", 12));
                boolean fits = keep == Keep.BFLOAT16 || keep == Keep.INT8;
                assertEquals(fits ? 200 : 400, answer.status(), answer::text);
            }
        }
    }

    /** Whoever guesses: the model itself, which is always right, or another, which is mostly wrong. */
    @Test void aDraftChangesNoText() throws Exception {
        Path gpt = Tiny.gpt(folder.resolve("gpt"), 4096, 2, 2, 16);
        Path other = Tiny.gpt(folder.resolve("other"), 48, 1, 1, 8); // which forgets sooner
        String same = String.join(" ", Tiny.TEXTS);
        var prompts = List.of(same + " a", same + " the mat", "the cat", "it rains today");
        long before = Scope.live();
        List<String> expected = new ArrayList<>();
        try (var server = InferenceServer.start(CONFIG, List.of(gpt), Device.CPU)) {
            for (String prompt : prompts) expected.addAll(ask(server, List.of(prompt)));
        }
        for (Path draft : List.of(gpt, other)) {
            var config = CONFIG.texts(Texts.DEFAULT.limits(1, 16).guess(3, draft.toString()));
            try (var server = InferenceServer.start(config, List.of(gpt), Device.CPU)) {
                assertEquals(expected, ask(server, prompts));
            }
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void aDraftOfOtherTokensIsRefused() {
        Path gpt = Tiny.gpt(folder.resolve("gpt"));
        Path draft = folder.resolve("draft");
        try (var tokenizer = BpeTrainer.of(280).train(Stream.of("other words"));
                var small = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), 64, 1, 2, 16, 0))) {
            small.save(draft);
            tokenizer.save(draft);
        }
        long before = Scope.live();
        var config = CONFIG.texts(Texts.DEFAULT.guess(3, draft.toString()));
        assertEquals("texts.draft: expected a model with the same 264 tokens, which this one's guesses are to be."
                + " Received one with 257 tokens.", assertThrows(IllegalArgumentException.class,
                () -> InferenceServer.start(config, List.of(gpt), Device.CPU)).getMessage());
        assertTrue(Scope.live() <= before);
    }

    @Test void whatIsWrongIsSaid() {
        assertEquals("texts.guess: expected at least 1. Received 0.", assertThrows(IllegalArgumentException.class,
                () -> Texts.DEFAULT.guess(0, "gpt")).getMessage());
        assertEquals("texts.chunk: expected at least 1. Received 0.", assertThrows(IllegalArgumentException.class,
                () -> Texts.DEFAULT.limits(1, 0)).getMessage());
    }
}

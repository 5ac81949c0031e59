package dev.merapi.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.compress.adapter.Adapters;
import dev.merapi.compress.adapter.LoraConfig;
import dev.merapi.serve.InferenceServer;
import dev.merapi.serve.ServeConfig;
import dev.merapi.serve.ServeConfig.Texts;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.tokenizer.BpeTrainer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests name the adapter that they want; all are written at once. */
class AdapterServingTest {
    private static final Generation GREEDY = Generation.DEFAULT.maxTokens(10);

    @TempDir private Path folder;

    private static String ask(InferenceServer server, String model) throws Exception {
        var body = new ObjectMapper().writeValueAsString(Map.of("model", model, "prompt", "the cat", "max_tokens", 10));
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/completions"))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    /** A model, and adapters that change much, each with the text that it writes. */
    private Map<String, String> make() {
        var texts = new LinkedHashMap<String, String>();
        Torch.seed(5);
        try (var tokenizer = BpeTrainer.of(280).train(Stream.of("the cat sat on the mat"));
                var gpt = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), 64, 1, 2, 16, 0))) {
            gpt.save(folder.resolve("gpt"));
            tokenizer.save(folder.resolve("gpt"));
            try (var writer = new TextGenerator(gpt, tokenizer); var _ = Torch.noGrad()) {
                texts.put("gpt", writer.generate("the cat", GREEDY));
                for (String name : List.of("polite", "brief")) {
                    var adapters = Adapters.of(gpt).add(name, LoraConfig.of(2));
                    try (var _ = Scope.open()) {
                        gpt.params().forEach((path, param) -> {
                            if (path.contains("lora_B")) param.copy_(Tensor.randn(param.shape()).mul(3));
                        });
                    }
                    adapters.save(name, folder.resolve("adapters/" + name));
                    texts.put("gpt:" + name, writer.generate("the cat", GREEDY));
                    adapters.detach();
                }
            }
        }
        return texts;
    }

    @Test void eachRequestHasItsOwn() throws Exception {
        var texts = make();
        assertNotEquals(texts.get("gpt"), texts.get("gpt:polite"));
        assertNotEquals(texts.get("gpt:brief"), texts.get("gpt:polite"));
        long before = Scope.live();
        var config = ServeConfig.DEFAULT.port(0).texts(Texts.DEFAULT.limits(8, 64)
                .adapters(folder.resolve("adapters").toString()));
        try (var server = InferenceServer.start(config, List.of(folder.resolve("gpt")), Device.CPU);
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            assertEquals(List.of("gpt", "gpt:brief", "gpt:polite"), server.models());
            var answers = new LinkedHashMap<Future<String>, String>();
            for (int i = 0; i < 3; i++) {
                for (String model : new ArrayList<>(texts.keySet())) {
                    answers.put(clients.submit(() -> ask(server, model)), model);
                }
            }
            for (var answer : answers.entrySet()) {
                assertEquals(texts.get(answer.getValue()), new ObjectMapper().readTree(answer.getKey().get())
                        .at("/choices/0/text").textValue(), answer.getValue());
            }
            String refused = ask(server, "gpt:rude");
            assertTrue(refused.contains("expected one of [gpt, gpt:brief, gpt:polite]. Received gpt:rude."), refused);
        }
        assertTrue(Scope.live() <= before, "tensors are left: " + (Scope.live() - before));
    }
}

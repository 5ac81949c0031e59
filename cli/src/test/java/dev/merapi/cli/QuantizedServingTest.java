package dev.merapi.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.nn.Change;
import dev.merapi.recipe.Bits;
import dev.merapi.serve.InferenceServer;
import dev.merapi.serve.ServeConfig;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.tokenizer.BpeTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Decoders of fewer bits behind HTTP, rounded before or as they are opened. */
class QuantizedServingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ServeConfig CONFIG = ServeConfig.DEFAULT.port(0);
    private static final Generation GREEDY = Generation.DEFAULT.maxTokens(12);

    @TempDir private static Path folder;

    @BeforeAll static void make() throws IOException {
        Torch.seed(5);
        try (var tokenizer = BpeTrainer.of(288).train(Stream.of("it rains in Rome", "the cat sat on the mat"));
                var llama = new Llama(LlamaConfig.of(Family.LLAMA, tokenizer.vocabSize(), 64, 128, 2, 4, 2))) {
            llama.save(folder.resolve("plain"));
            tokenizer.save(folder.resolve("plain"));
        }
        Files.writeString(folder.resolve("inputs.txt"), "the cat sat on the mat\nit rains in Rome\n");
    }

    private static String ask(InferenceServer server, String model) throws IOException, InterruptedException {
        var body = JSON.writeValueAsString(Map.of("model", model, "prompt", "the cat", "max_tokens", 12));
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/completions"))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        JsonNode text = JSON.readTree(answer).at("/choices/0/text");
        assertTrue(text.isTextual(), answer);
        return text.textValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "int4", "nf4"})
    void whatQuantizeWroteIsServed(String method) throws Exception {
        var into = folder.resolve(method);
        var out = new StringWriter();
        assertEquals(0, Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(out)).execute("quantize",
                folder.resolve("plain").toString(), "method=" + method, "group=32", "rounding=nearest",
                "inputs=" + folder.resolve("inputs.txt"), "out=" + into), out::toString);
        long before = Scope.live();
        try (var server = InferenceServer.start(CONFIG, List.of(into), Device.CPU);
                var alone = TextGenerator.open(into)) {
            assertEquals(alone.generate("the cat", GREEDY), ask(server, method));
        }
        assertTrue(Scope.live() <= before);
    }

    @ParameterizedTest
    @CsvSource({"INT8, ''", "INT8, 2", "INT4, ''", "BFLOAT16, ''"})
    void plainFoldersAreRoundedAsTheyAreOpened(Bits bits, String stages) throws Exception {
        long before = Scope.live();
        try (var server = InferenceServer.start(CONFIG.quantize(bits).stages(stages, ""),
                List.of(folder.resolve("plain")), Device.CPU);
                var alone = open(bits)) {
            assertEquals(alone.generate("the cat", GREEDY), ask(server, "plain"));
        }
        assertTrue(Scope.live() <= before);
    }

    private static TextGenerator open(Bits bits) {
        if (bits == Bits.BFLOAT16) {
            try (var _ = Torch.on(Device.CPU, DType.BFLOAT16)) {
                var model = TextGenerator.open(folder.resolve("plain"));
                assertEquals(DType.BFLOAT16, model.network().orElseThrow().dtype());
                return model;
            }
        }
        var model = TextGenerator.open(folder.resolve("plain"));
        String done = Change.by(bits.name().toLowerCase(Locale.ROOT), model.network().orElseThrow());
        assertTrue(done.startsWith(bits == Bits.INT8 ? "15 layers changed" : "14 layers changed"), done);
        return model;
    }

    @Test void whatIsRoundedAlreadyIsNotRoundedAgain() {
        var rounded = folder.resolve("twice");
        assertEquals(0, Main.commandLine().setOut(new PrintWriter(new StringWriter())).execute("quantize",
                folder.resolve("plain").toString(), "method=by_row", "inputs=" + folder.resolve("inputs.txt"), "out="
                + rounded));
        String message = assertThrows(IllegalArgumentException.class, () -> InferenceServer.start(CONFIG.quantize(
                Bits.INT8), List.of(rounded), Device.CPU)).getMessage();
        assertTrue(message.startsWith("quantize: " + rounded + "/model.safetensors cannot be rounded: Quantization:"
                + " expected a model with layers that can be, of a chosen name."), message);
    }
}

package dev.merapi.serve;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.merapi.tensor.Device;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Message;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TextGenerator;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** OpenAI's own client for Java understands the server. */
class OpenAiClientTest {
    @TempDir private static Path folder;
    private static InferenceServer server;
    private static OpenAIClient client;

    @BeforeAll static void start() {
        Tiny.gpt(folder.resolve("gpt"));
        Tiny.encoder(folder.resolve("encoder"));
        server = InferenceServer.start(ServeConfig.DEFAULT.port(0), List.of(folder.resolve("gpt"),
                folder.resolve("encoder")), Device.CPU);
        client = OpenAIOkHttpClient.builder().baseUrl("http://127.0.0.1:" + server.port() + "/v1").apiKey("none")
                .maxRetries(0).build();
    }

    @AfterAll static void stop() {
        client.close();
        server.close();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model("gpt").addSystemMessage("be brief").addUserMessage("the cat")
                .maxCompletionTokens(10);
    }

    @Test void chatsAreTheModels() {
        try (var alone = TextGenerator.open(folder.resolve("gpt"))) {
            String expected = alone.chat(List.of(Message.system("be brief"), Message.user("the cat")),
                    Generation.DEFAULT.maxTokens(10), _ -> {});
            var answer = client.chat().completions().create(chat().logprobs(true).build());
            assertEquals(expected, answer.choices().getFirst().message().content().orElseThrow());
            assertEquals(10, answer.usage().orElseThrow().completionTokens());
            assertEquals(10, answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow().size());
            try (var stream = client.chat().completions().createStreaming(chat().build())) {
                assertEquals(expected, stream.stream().map(OpenAiClientTest::piece).collect(Collectors.joining()));
            }
            var text = client.completions().create(CompletionCreateParams.builder().model("gpt").prompt("the cat")
                    .maxTokens(10).build());
            assertEquals(alone.generate("the cat", Generation.DEFAULT.maxTokens(10)), text.choices().getFirst().text());
        }
    }

    private static String piece(ChatCompletionChunk chunk) {
        return chunk.choices().getFirst().delta().content().orElse("");
    }

    @Test void vectorsAreTheEncoders() {
        try (var alone = TextEmbedder.open(folder.resolve("encoder"))) {
            var answer = client.embeddings().create(EmbeddingCreateParams.builder().model("encoder").input("it rains")
                    .build());
            float[] expected = alone.predict("it rains");
            var vector = answer.data().getFirst().embedding();
            for (int i = 0; i < expected.length; i++) assertEquals(expected[i], vector.get(i), 1e-5f);
        }
    }

    @Test void modelsAreListedAndErrorsAreTheirs() {
        assertEquals(List.of("gpt", "encoder"), client.models().list().data().stream().map(model -> model.id())
                .toList());
        assertThrows(NotFoundException.class, () -> client.chat().completions().create(chat().model("x").build()));
        String message = assertThrows(BadRequestException.class, () -> client.chat().completions()
                .create(chat().maxCompletionTokens(5000).build())).getMessage();
        assertTrue(message.contains("max_tokens: expected at most"), message);
    }
}

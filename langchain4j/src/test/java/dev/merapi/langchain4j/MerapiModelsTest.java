package dev.merapi.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Message;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Small models of random weights answer by LangChain4j as they answer by themselves. */
class MerapiModelsTest {
    private static final List<String> TEXTS = List.of("the cat sat on the mat", "user: hello {\"age\": 12}",
            "it rains");

    @TempDir private static Path folder;
    private static TextGenerator writer;
    private static TextEmbedder embedder;

    @BeforeAll static void make() throws IOException {
        Torch.seed(7);
        var gpt = folder.resolve("gpt");
        try (var tokenizer = BpeTrainer.of(290).train(TEXTS.stream());
                var model = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), 512, 1, 2, 16, 0))) {
            model.save(gpt);
            tokenizer.save(gpt);
        }
        Files.writeString(gpt.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
        writer = TextGenerator.open(gpt);
        try (var tokenizer = WordPieceTrainer.of(60).minFrequency(1).train(TEXTS.stream());
                var bert = new Bert(new BertConfig("bert", List.of(), tokenizer.vocabSize(), 32, 2, 2, 64, "gelu", 0,
                        0, 32, 2, 0.1, 1e-12, 0, 0.0, "absolute", BertConfig.TINY.id2label()))) {
            new SentenceEncoder(bert, SentenceEncoder.Pooling.MEAN, true).save(folder.resolve("encoder"));
            tokenizer.save(folder.resolve("encoder"));
        }
        embedder = TextEmbedder.open(folder.resolve("encoder"));
    }

    @AfterAll static void close() {
        writer.close();
        embedder.close();
    }

    @Test void aChatIsTheModelsOwn() {
        long before = Scope.live();
        try (var chat = new MerapiChatModel(writer)) {
            var request = ChatRequest.builder().messages(SystemMessage.from("be brief"), UserMessage.from("hello"),
                    AiMessage.from("hi"), UserMessage.from("the cat")).temperature(0.9).topK(20).maxOutputTokens(9)
                    .build();
            var options = writer.settings().temperature(0.9).topK(20).maxTokens(9);
            var messages = List.of(Message.system("be brief"), Message.user("hello"), Message.assistant("hi"),
                    Message.user("the cat"));
            var response = chat.chat(request);
            assertEquals(writer.chat(messages, options, _ -> {}), response.aiMessage().text());
            assertEquals(FinishReason.LENGTH, response.finishReason());
            assertEquals(9, response.tokenUsage().outputTokenCount());
            assertEquals(writer.prompt(messages).length, response.tokenUsage().inputTokenCount());
            assertEquals(writer.chat(List.of(Message.user("it rains")), Generation.DEFAULT, _ -> {}),
                    chat.chat("it rains"));
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void aStreamIsTheAnswerInPieces() throws Exception {
        var pieces = new StringBuilder();
        var done = new CompletableFuture<ChatResponse>();
        try (var chat = new MerapiStreamingChatModel(writer)) {
            chat.chat("the cat", new StreamingChatResponseHandler() {
                @Override public void onPartialResponse(String piece) { pieces.append(piece); }

                @Override public void onCompleteResponse(ChatResponse response) { done.complete(response); }

                @Override public void onError(Throwable error) { done.completeExceptionally(error); }
            });
            assertEquals(writer.chat(List.of(Message.user("the cat")), Generation.DEFAULT, _ -> {}),
                    done.get().aiMessage().text());
        }
        assertEquals(done.get().aiMessage().text(), pieces.toString());
    }

    @Test void jsonIsOfItsSchema() {
        var schema = JsonObjectSchema.builder().addIntegerProperty("age").addEnumProperty("sex", List.of("f", "m"))
                .required("age", "sex").build();
        var format = ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(JsonSchema.builder()
                .name("person").rootElement(schema).build()).build();
        try (var chat = new MerapiChatModel(writer)) {
            var request = ChatRequest.builder().messages(UserMessage.from("who?")).responseFormat(format).build();
            String json = chat.chat(request).aiMessage().text();
            assertTrue(json.strip().matches("(?s)\\{\\s*\"age\":\\s*-?\\d+,\\s*\"sex\":\\s*\"[fm]\"\\s*}"), json);
        }
    }

    @Test void vectorsAndScoresAreTheEncoders() {
        try (var vectors = new MerapiEmbeddingModel(embedder); var scores = new MerapiScoringModel(embedder)) {
            assertArrayEquals(embedder.predict("it rains"), vectors.embed("it rains").content().vector(), 1e-5f);
            var all = vectors.embedAll(Stream.of("the cat", "it rains").map(TextSegment::from).toList()).content();
            assertArrayEquals(embedder.predict("the cat"), all.getFirst().vector(), 1e-5f);
            float[] a = embedder.predict("the cat"), b = embedder.predict("it rains");
            double product = 0;
            for (int i = 0; i < a.length; i++) product += a[i] * b[i]; // of length 1 each
            assertEquals(product, scores.score("the cat", "it rains").content(), 1e-4);
        }
    }

    @Test void whatIsNotDoneIsSaid() {
        try (var chat = new MerapiChatModel(writer)) {
            var tool = ToolSpecification.builder().name("weather").build();
            var request = ChatRequest.builder().messages(UserMessage.from("a")).toolSpecifications(tool).build();
            assertThrows(UnsupportedFeatureException.class, () -> chat.chat(request));
        }
        try (var tokenizer = BpeTrainer.of(280).train(TEXTS.stream());
                var model = new Gpt2(Gpt2Config.of(tokenizer.vocabSize(), 32, 1, 2, 16, 0))) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> new MerapiChatModel(new TextGenerator(model, tokenizer))).getMessage();
            assertTrue(message.startsWith("MerapiChatModel: expected a model with a chat template."), message);
        }
    }
}

package dev.merapi.langchain4j;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.merapi.text.constrain.JsonSchema;
import dev.merapi.text.generate.ContinuousBatch;
import dev.merapi.text.generate.ContinuousBatch.Writing;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.LogitsProcessor;
import dev.merapi.text.generate.Message;
import dev.merapi.text.pipeline.TextGenerator;
import java.util.List;
import java.util.function.Consumer;

/** Answers requests by a model; on a platform thread. */
final class Chat {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TextGenerator model;

    Chat(TextGenerator model) {
        if (!model.converses()) {
            throw new IllegalArgumentException("MerapiChatModel: expected a model with a chat template. Received one"
                    + " without, which goes on with texts alone.");
        }
        this.model = model;
    }

    /** @param out takes the answer in pieces */
    ChatResponse answer(ChatRequest request, Consumer<String> out) {
        if (request.toolSpecifications() != null && !request.toolSpecifications().isEmpty()) {
            throw new UnsupportedFeatureException("Tools: these models answer in words or in JSON of a schema.");
        }
        long[] prompt = model.prompt(request.messages().stream().map(Chat::message).toList());
        var answer = new StringBuilder();
        try (var batch = model.batch()) {
            var text = batch.add(prompt, new Writing(options(request), rules(request), -1, _ -> {},
                    out.andThen(answer::append)));
            while (batch.size() > 0) batch.step();
            if (text.error() != null) throw text.error();
            return response(answer.toString(), text);
        }
    }

    private static ChatResponse response(String answer, ContinuousBatch.Text text) {
        return ChatResponse.builder().aiMessage(AiMessage.from(answer))
                .finishReason(text.isCut() ? FinishReason.LENGTH : FinishReason.STOP)
                .tokenUsage(new TokenUsage(text.promptTokens(), text.tokens())).build();
    }

    private static Message message(ChatMessage message) {
        return switch (message) {
            case SystemMessage system -> Message.system(system.text());
            case UserMessage user when user.hasSingleText() -> Message.user(user.singleText());
            case AiMessage ai when !ai.hasToolExecutionRequests() -> Message.assistant(ai.text());
            default -> throw new UnsupportedFeatureException("Messages: these models read texts of system, user and"
                    + " assistant. Received " + message.type() + ".");
        };
    }

    /** What the request says, and the model's own settings where it says nothing. */
    private Generation options(ChatRequest request) {
        var options = model.settings().beams(1);
        if (request.temperature() != null) options = options.temperature(request.temperature());
        if (request.topP() != null) options = options.topP(request.topP());
        if (request.topK() != null) options = options.topK(request.topK());
        if (request.frequencyPenalty() != null) options = options.frequencyPenalty(request.frequencyPenalty());
        if (request.presencePenalty() != null) options = options.presencePenalty(request.presencePenalty());
        if (request.maxOutputTokens() != null) options = options.maxTokens(request.maxOutputTokens());
        List<String> stops = request.stopSequences();
        return stops == null || stops.isEmpty() ? options : options.stop(stops.toArray(String[]::new));
    }

    private LogitsProcessor.Bounded rules(ChatRequest request) {
        var format = request.responseFormat();
        if (format == null || format.type() == ResponseFormatType.TEXT) return LogitsProcessor.Bounded.NONE;
        if (format.jsonSchema() == null) return model.constraint(JsonSchema.anyJsonObject());
        var schema = JsonSchemaElementUtils.toMap(format.jsonSchema().rootElement());
        return model.constraint(JsonSchema.of(JSON.valueToTree(schema)));
    }
}

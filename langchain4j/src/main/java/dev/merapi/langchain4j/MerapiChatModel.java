package dev.merapi.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.merapi.text.pipeline.TextGenerator;
import java.util.Set;

/**
 * A model that converses, as LangChain4j's: of text messages, with the settings of a request, and in JSON of a schema
 * where a request wants that. Threads may share one; answers are written one after the other.
 */
public final class MerapiChatModel implements ChatModel, AutoCloseable {
    private final Chat chat;
    private final TensorThread thread = new TensorThread();

    /**
     * @param model stays the caller's to close, after this
     * @throws IllegalArgumentException if it has no chat template
     */
    public MerapiChatModel(TextGenerator model) {
        chat = new Chat(model);
    }

    @Override public ChatResponse doChat(ChatRequest request) {
        return thread.ask(() -> chat.answer(request, _ -> {}));
    }

    @Override public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Override public void close() { thread.close(); }
}

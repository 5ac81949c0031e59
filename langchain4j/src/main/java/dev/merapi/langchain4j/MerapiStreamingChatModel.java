package dev.merapi.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.merapi.text.pipeline.TextGenerator;
import java.util.Set;

/** As {@link MerapiChatModel}, but it tells of an answer while it is written, on a thread of its own. */
public final class MerapiStreamingChatModel implements StreamingChatModel, AutoCloseable {
    private final Chat chat;
    private final TensorThread thread = new TensorThread();

    /**
     * @param model stays the caller's to close, after this
     * @throws IllegalArgumentException if it has no chat template
     */
    public MerapiStreamingChatModel(TextGenerator model) {
        chat = new Chat(model);
    }

    @Override public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        thread.begin(() -> {
            try {
                handler.onCompleteResponse(chat.answer(request, handler::onPartialResponse));
            } catch (RuntimeException e) {
                handler.onError(e);
            }
        });
    }

    @Override public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    /** Waits until what was asked is answered. */
    @Override public void close() { thread.close(); }
}

package dev.merapi.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.merapi.text.pipeline.TextEmbedder;
import java.util.List;

/** A sentence encoder, as LangChain4j's. Threads may share one. */
public final class MerapiEmbeddingModel implements EmbeddingModel, AutoCloseable {
    private final TextEmbedder model;
    private final TensorThread thread = new TensorThread();

    /** @param model stays the caller's to close, after this */
    public MerapiEmbeddingModel(TextEmbedder model) {
        this.model = model;
    }

    @Override public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
        var texts = segments.stream().map(TextSegment::text).toList();
        var vectors = thread.ask(() -> model.predict(texts));
        int tokens = model.encode(texts).stream().mapToInt(ids -> ids.length).sum();
        return Response.from(vectors.stream().map(Embedding::from).toList(), new TokenUsage(tokens));
    }

    @Override public void close() { thread.close(); }
}

package dev.merapi.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.store.embedding.CosineSimilarity;
import dev.merapi.text.pipeline.TextEmbedder;
import java.util.ArrayList;
import java.util.List;

/** Scores texts by the cosine between a sentence encoder's vectors of them and of the query. */
public final class MerapiScoringModel implements ScoringModel, AutoCloseable {
    private final TextEmbedder model;
    private final TensorThread thread = new TensorThread();

    /** @param model stays the caller's to close, after this */
    public MerapiScoringModel(TextEmbedder model) {
        this.model = model;
    }

    @Override public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
        var texts = new ArrayList<>(List.of(query));
        segments.forEach(segment -> texts.add(segment.text()));
        var vectors = thread.ask(() -> model.predict(texts)).stream().map(Embedding::from).toList();
        return Response.from(vectors.stream().skip(1)
                .map(vector -> CosineSimilarity.between(vectors.getFirst(), vector)).toList());
    }

    @Override public void close() { thread.close(); }
}

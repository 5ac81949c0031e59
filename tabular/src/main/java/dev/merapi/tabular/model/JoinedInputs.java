package dev.merapi.tabular.model;

import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** The vectors of all categories and lists, and the numbers, side by side. Shapes: a batch to (B, width). */
final class JoinedInputs extends Layer {
    final FieldEmbedding embedding; // or null
    private final boolean numbers;
    private final int width;

    JoinedInputs(Inputs inputs, int size) {
        var ids = inputs.withoutNumbers().withoutCrosses();
        embedding = ids.fields() == 0 ? null : new FieldEmbedding(ids, size, Init.normal(0, 0.1));
        numbers = inputs.numbers() > 0;
        width = ids.fields() * size + inputs.numbers();
        if (width == 0) {
            throw new IllegalArgumentException("expected numbers, categories or lists. Received crosses alone, which"
                    + " are for the wide part of Wide & Deep.");
        }
    }

    int width() { return width; }

    Tensor forward(TableBatch batch) {
        if (embedding == null) return batch.numbers();
        var vectors = embedding.forward(batch).flatten(1, 2);
        return numbers ? Tensor.cat(List.of(vectors, batch.numbers()), 1) : vectors;
    }
}

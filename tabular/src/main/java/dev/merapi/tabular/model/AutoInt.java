package dev.merapi.tabular.model;

import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * AutoInt: fields attend to each other, so that each layer combines those that matter together: e ← ReLU(attention(e) +
 * W e). Song et al. 2019, arXiv:1810.11921; the heads are joined by a projection, as in Transformers.
 */
public final class AutoInt extends TableNet {
    final FieldEmbedding vectors;
    final List<MultiHeadAttention> attentions;
    final List<Linear> residuals;
    final Linear head;

    /**
     * @param size of the vectors, a multiple of {@code heads}
     * @param layers of attention
     */
    public AutoInt(Inputs inputs, int outputs, int size, int heads, int layers) {
        vectors = new FieldEmbedding(inputs, size, Init.normal(0, 0.1));
        attentions = Stream.generate(() -> new MultiHeadAttention(size, heads)).limit(layers).toList();
        residuals = Stream.generate(() -> new Linear(size, size, false)).limit(layers).toList();
        head = new Linear(vectors.fields() * size, outputs);
    }

    @Override public Tensor forward(TableBatch batch) {
        var e = vectors.forward(batch); // (B, F, size)
        for (int i = 0; i < attentions.size(); i++) {
            e = attentions.get(i).forward(e).add(residuals.get(i).forward(e)).relu();
        }
        return head.forward(e.flatten(1, 2));
    }
}

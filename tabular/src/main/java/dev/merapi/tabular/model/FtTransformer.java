package dev.merapi.tabular.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Init;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.TransformerEncoderLayer;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * FT-Transformer: each field is a token, x v + b of a number and v + b of a category; a Transformer with norms before
 * its parts mixes them, and the answer is read from one more token. Gorishniy et al. 2021, arXiv:2106.11959; with GELU
 * where the paper has ReGLU.
 */
public final class FtTransformer extends TableNet {
    final FieldEmbedding vectors;
    final Param bias; // (F, size)
    final Param answer; // (size): the token that is read
    final List<TransformerEncoderLayer> layers;
    final LayerNorm norm;
    final Linear head;

    /**
     * @param size of the tokens, a multiple of {@code heads}
     * @param layers of the Transformer
     * @param dropout in training
     */
    public FtTransformer(Inputs inputs, int outputs, int size, int heads, int layers, double dropout) {
        double bound = 1 / Math.sqrt(size); // the paper's
        vectors = new FieldEmbedding(inputs, size, Init.uniform(-bound, bound));
        bias = param(Init.uniform(-bound, bound), vectors.fields(), size);
        answer = param(Init.uniform(-bound, bound), size);
        var options = TransformerOptions.DEFAULT.preNorm(true).activation(Activation.GELU).dropout(dropout);
        this.layers = Stream.generate(() -> new TransformerEncoderLayer(size, heads, 2 * size, options)).limit(layers)
                .toList();
        norm = new LayerNorm(size);
        head = new Linear(size, outputs);
    }

    @Override public Tensor forward(TableBatch batch) {
        var tokens = vectors.forward(batch).add(bias); // (B, F, size)
        var first = answer.expand(tokens.size(0), 1, answer.size(0));
        var x = Tensor.cat(List.of(first, tokens), 1); // (B, 1 + F, size)
        for (var layer : layers) x = layer.forward(x);
        return head.forward(norm.forward(x.select(1, 0)).relu());
    }
}

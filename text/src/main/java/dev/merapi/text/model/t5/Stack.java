package dev.merapi.text.model.t5;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.nn.RmsNorm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The encoder's or the decoder's blocks, with what stands before and behind them. */
final class Stack<B extends Layer> extends Layer {
    Unary embedTokens; // the model's own
    final List<B> block;
    Unary finalLayerNorm;
    private final double dropout;

    /**
     * @param block makes one; only the first has a bias of distances
     */
    Stack(T5Config config, Unary tokens, int depth, BiFunction<T5Config, Boolean, B> block) {
        embedTokens = tokens;
        this.block = new ArrayList<>();
        for (int i = 0; i < depth; i++) this.block.add(block.apply(config, i == 0));
        finalLayerNorm = new RmsNorm(config.dModel(), config.layerNormEpsilon());
        dropout = config.dropoutRate();
    }

    /** Ids (B, T) to vectors (B, T, E). */
    Tensor begin(Tensor ids) { return drop(embedTokens.forward(ids)); }

    Tensor end(Tensor x) { return drop(finalLayerNorm.forward(x)); }

    private Tensor drop(Tensor x) { return F.dropout(x, dropout, isTraining()); }

    /** Adds to the scores what the table (buckets, H) says of distances: (1, H, T, S). */
    static Mask bias(Unary table, Tensor buckets) {
        return Mask.additive(table.forward(buckets).permute(2, 0, 1).unsqueeze(0));
    }
}

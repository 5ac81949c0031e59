package dev.merapi.bench.merapi;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LearnedPositions;
import dev.merapi.nn.Linear;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * A Transformer encoder (Vaswani et al. 2017, arXiv:1706.03762) that classifies by mean pooling.
 * Shapes: tokens (B, T) to logits (B, classes).
 */
final class Transformer extends Layer implements Unary {
    private static final int WIDTH = 256;
    private static final TransformerOptions OPTIONS =
            TransformerOptions.DEFAULT.dropout(0).activation(Activation.GELU);

    final Embedding embedding;
    final LearnedPositions positions;
    final TransformerEncoder encoder;
    final Linear out;

    Transformer(int vocabulary, int length, int classes) {
        this.embedding = new Embedding(vocabulary, WIDTH);
        this.positions = new LearnedPositions(length, WIDTH);
        this.encoder = new TransformerEncoder(4, WIDTH, 4, 1024, OPTIONS);
        this.out = new Linear(WIDTH, classes);
    }

    @Override public Tensor forward(Tensor tokens) {
        Tensor h = positions.forward(embedding.forward(tokens));           // (B, T, WIDTH)
        return out.forward(encoder.forward(h).mean(1));
    }
}

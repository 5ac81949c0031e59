package dev.merapi.text.model.classify;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.LearnedPositions;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.SinusoidalPositions;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * A small Transformer (Vaswani et al. 2017, <a href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</a>):
 * embedding, positions, encoder, the mean over the words, a hidden layer and logits; in the sizes of Keras's example
 * "Text classification with Transformer" unless others are given.
 */
public final class TransformerClassifier extends TextNet {
    Unary embedding;
    Unary positions;
    final TransformerEncoder encoder;
    Unary dense;
    Unary out;
    private final Config config;

    /** Where in the text a word stands. */
    public enum Positions {
        /** Fixed waves, as in the paper. */
        SINUSOIDAL,
        /** A learned vector for each place, as in Keras's example. */
        LEARNED
    }

    /**
     * Sizes; start from {@link #KERAS}.
     *
     * @param width of the word vectors
     * @param hidden size between the two products of the feed-forward net
     * @param dense size of the layer before the logits
     * @param dropout in the encoder, and before and after the dense layer
     */
    public record Config(int layers, int width, int heads, int hidden, int dense, double dropout, Positions positions) {
        public static final Config KERAS = new Config(1, 32, 2, 32, 20, 0.1, Positions.SINUSOIDAL);
    }

    /** In Keras's sizes. */
    public TransformerClassifier(int vocabSize, int maxLength, int classes) {
        this(vocabSize, maxLength, classes, Config.KERAS);
    }

    /**
     * @param maxLength most words of a text, which matters to learned positions alone
     */
    public TransformerClassifier(int vocabSize, int maxLength, int classes, Config config) {
        super(classes);
        int width = config.width;
        this.config = config;
        var table = new Embedding(vocabSize, width);
        // As large as the positions: a normal of deviation 1 would drown them, and learns slowly.
        Init.uniform(-0.05, 0.05).apply(table.params().get("weight"));
        embedding = table;
        positions = config.positions == Positions.LEARNED ? new LearnedPositions(maxLength, width)
                : new SinusoidalPositions();
        encoder = new TransformerEncoder(config.layers, width, config.heads, config.hidden,
                TransformerOptions.DEFAULT.dropout(config.dropout));
        dense = new Linear(width, config.dense);
        out = new Linear(config.dense, classes);
    }

    @Override Tensor logits(Tensor ids, Tensor lengths) {
        long steps = ids.size(1);
        Tensor x = positions.forward(embedding.forward(ids)); // (B, T, width)
        Tensor y = encoder.forward(x, Mask.lengths(lengths, steps));
        Tensor pooled = mean(y, lengths);
        return out.forward(drop(dense.forward(drop(pooled)).relu()));
    }

    private Tensor drop(Tensor x) { return F.dropout(x, config.dropout, isTraining()); }
}

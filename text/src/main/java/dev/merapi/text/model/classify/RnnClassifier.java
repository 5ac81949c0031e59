package dev.merapi.text.model.classify;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Gru;
import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.Recurrent;
import dev.merapi.nn.RnnOptions;
import dev.merapi.tensor.Tensor;

/**
 * A recurrent net that reads a text word by word, and attention that weighs what it found at each (Yang et al. 2016,
 * "Hierarchical Attention Networks for Document Classification"): embedding, LSTM or GRU, the weighted mean, logits.
 */
public final class RnnClassifier extends TextNet {
    final Embedding embedding;
    final Recurrent rnn;
    final Linear attention;
    final Linear query; // its weight is what the words are compared with
    final Linear out;
    private final Config config;

    /** The kind of net. */
    public enum Cell { LSTM, GRU }

    /**
     * Sizes; start from {@link #BILSTM}.
     *
     * @param width of the word vectors
     * @param hidden of each direction
     * @param dropout of word vectors, between layers and before the logits
     */
    public record Config(Cell cell, boolean bidirectional, int layers, int width, int hidden, double dropout) {
        public static final Config BILSTM = new Config(Cell.LSTM, true, 1, 128, 64, 0.5);
        public static final Config LSTM = new Config(Cell.LSTM, false, 1, 128, 64, 0.5);
        public static final Config BIGRU = new Config(Cell.GRU, true, 1, 128, 64, 0.5);
    }

    public RnnClassifier(int vocabSize, int classes) { this(vocabSize, classes, Config.BILSTM); }

    public RnnClassifier(int vocabSize, int classes, Config config) {
        super(classes);
        var options = RnnOptions.DEFAULT.bidirectional(config.bidirectional).layers(config.layers)
                .dropout(config.layers > 1 ? config.dropout : 0);
        int found = config.bidirectional ? 2 * config.hidden : config.hidden;
        this.config = config;
        embedding = new Embedding(vocabSize, config.width);
        Init.uniform(-0.05, 0.05).apply(embedding.params().get("weight"));
        rnn = config.cell == Cell.LSTM ? new Lstm(config.width, config.hidden, options)
                : new Gru(config.width, config.hidden, options);
        attention = new Linear(found, found);
        query = new Linear(found, 1, false);
        out = new Linear(found, classes);
    }

    @Override public Tensor forward(Tensor ids, Tensor lengths) {
        Tensor x = drop(embedding.forward(ids)); // (B, T, width)
        Tensor states = switch (rnn) { // (B, T, found)
            case Lstm lstm -> lstm.forward(x, null, null, lengths).y();
            case Gru gru -> gru.forward(x, null, lengths).y();
            default -> throw new AssertionError(rnn);
        };
        return out.forward(drop(weighted(states, lengths)));
    }

    /** The mean of the states (B, T, E), weighted by how they answer the query: (B, E). */
    private Tensor weighted(Tensor states, Tensor lengths) {
        Tensor scores = query.forward(attention.forward(states).tanh()); // (B, T, 1)
        Tensor past = Tensor.arange(states.size(1)).to(states.device()).ge(lengths.unsqueeze(1)); // (B, T)
        Tensor weights = scores.maskedFill(past.unsqueeze(2), Double.NEGATIVE_INFINITY).softmax(1);
        return states.mul(weights).sum(1);
    }

    private Tensor drop(Tensor x) { return F.dropout(x, config.dropout, isTraining()); }
}

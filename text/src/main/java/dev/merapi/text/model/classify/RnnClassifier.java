package dev.merapi.text.model.classify;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Gru;
import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.Recurrent;
import dev.merapi.nn.RnnOptions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * A recurrent net that reads a text word by word, and attention that weighs what it found at each (Yang et al. 2016,
 * "Hierarchical Attention Networks for Document Classification"): embedding, LSTM or GRU, the weighted mean, logits.
 */
public final class RnnClassifier extends TextNet {
    Unary embedding;
    final Recurrent rnn;
    Unary attention; // null with another pooling
    Unary query; // its weight is what the words are compared with
    Unary out;
    private final Config config;

    /** The kind of net. */
    public enum Cell { LSTM, GRU }

    /** How what was found at each word becomes one vector. */
    public enum Pooling {
        /** The mean, weighted by how each answers a learned query. */
        ATTENTION,
        /** What each direction has at its end. */
        LAST,
        MEAN,
        MAX
    }

    /**
     * Sizes; start from {@link #BILSTM}.
     *
     * @param width of the word vectors
     * @param hidden of each direction
     * @param dropout of word vectors, between layers and before the logits
     */
    public record Config(Cell cell, boolean bidirectional, int layers, int width, int hidden, Pooling pooling,
            double dropout) {
        public static final Config BILSTM = new Config(Cell.LSTM, true, 1, 128, 64, Pooling.ATTENTION, 0.5);
        public static final Config LSTM = new Config(Cell.LSTM, false, 1, 128, 64, Pooling.ATTENTION, 0.5);
        public static final Config BIGRU = new Config(Cell.GRU, true, 1, 128, 64, Pooling.ATTENTION, 0.5);

        /** The same with another way from all states to one vector. */
        public Config pooling(Pooling kind) {
            return new Config(cell, bidirectional, layers, width, hidden, kind, dropout);
        }
    }

    /** A bidirectional LSTM, {@link Config#BILSTM}. */
    public RnnClassifier(int vocabSize, int classes) { this(vocabSize, classes, Config.BILSTM); }

    /** @param vocabSize ids are from 0 to {@code vocabSize - 1} */
    public RnnClassifier(int vocabSize, int classes, Config config) {
        super(classes);
        var options = RnnOptions.DEFAULT.bidirectional(config.bidirectional).layers(config.layers)
                .dropout(config.layers > 1 ? config.dropout : 0);
        int found = config.bidirectional ? 2 * config.hidden : config.hidden;
        this.config = config;
        var table = new Embedding(vocabSize, config.width);
        Init.uniform(-0.05, 0.05).apply(table.params().get("weight"));
        embedding = table;
        rnn = config.cell == Cell.LSTM ? new Lstm(config.width, config.hidden, options)
                : new Gru(config.width, config.hidden, options);
        boolean attends = config.pooling == Pooling.ATTENTION;
        attention = attends ? new Linear(found, found) : null;
        query = attends ? new Linear(found, 1, false) : null;
        out = new Linear(found, classes);
    }

    @Override Tensor logits(Tensor ids, Tensor lengths) {
        Tensor x = drop(embedding.forward(ids)); // (B, T, width)
        return out.forward(drop(switch (rnn) {
            case Lstm lstm -> {
                var read = lstm.forward(x, null, null, lengths);
                yield pool(read.y(), read.h(), lengths);
            }
            case Gru gru -> {
                var read = gru.forward(x, null, lengths);
                yield pool(read.y(), read.h(), lengths);
            }
            default -> throw new AssertionError(rnn);
        }));
    }

    /**
     * What was found in each text (B, E), in both directions.
     *
     * @param states after each word (B, T, E)
     * @param last of each layer and direction (layers · directions, B, hidden)
     */
    private Tensor pool(Tensor states, Tensor last, Tensor lengths) {
        return switch (config.pooling) {
            case ATTENTION -> weighted(states, lengths);
            case LAST -> {
                int directions = config.bidirectional ? 2 : 1;
                yield Tensor.cat(last.narrow(0, last.size(0) - directions, directions).unbind(0), -1);
            }
            case MEAN -> mean(states, lengths);
            case MAX -> states.maskedFill(there(lengths, states.size(1)).not(), Double.NEGATIVE_INFINITY).amax(1);
        };
    }

    /** The mean of the states (B, T, E), weighted by how they answer the query: (B, E). */
    private Tensor weighted(Tensor states, Tensor lengths) {
        Tensor scores = query.forward(attention.forward(states).tanh()); // (B, T, 1)
        Tensor weights = scores.maskedFill(there(lengths, states.size(1)).not(), Double.NEGATIVE_INFINITY).softmax(1);
        return states.mul(weights).sum(1);
    }

    private Tensor drop(Tensor x) { return F.dropout(x, config.dropout, isTraining()); }
}

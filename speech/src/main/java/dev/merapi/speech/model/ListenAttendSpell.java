package dev.merapi.speech.model;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.LstmCell;
import dev.merapi.nn.RnnOptions;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Listen, Attend and Spell (Chan et al. 2015, arXiv:1508.01211): a pyramid of bidirectional LSTMs that each join two
 * frames, and an LSTM that writes symbol by symbol, looking at where it listens by {@link LocationAttention}.
 *
 * <p>B batch, F features, T frames, U frames behind the pyramid, S symbols.
 */
public final class ListenAttendSpell extends Layer {
    final List<Lstm> listener = new ArrayList<>();
    final Embedding embedding;
    final LstmCell cell;
    final LocationAttention attention;
    final Linear spell;
    final Linear frames; // symbols of each frame, for CTC
    final Dropout dropout;
    private final LasConfig config;

    /** With weights at random. */
    public ListenAttendSpell(LasConfig config) {
        this.config = config;
        int in = config.features();
        for (int i = 0; i < config.pyramid(); i++) {
            listener.add(new Lstm(2 * in, config.hidden(), RnnOptions.DEFAULT.bidirectional(true)));
            in = 2 * config.hidden();
        }
        embedding = new Embedding(config.classes(), config.width());
        cell = new LstmCell(config.width() + in, config.width());
        attention = new LocationAttention(config.width(), in, config.attention());
        spell = new Linear(config.width() + in, config.classes());
        frames = new Linear(in, config.classes());
        dropout = new Dropout(config.dropout());
    }

    /** Its sizes. */
    public LasConfig config() { return config; }

    /** Frames behind the pyramid of so many. */
    public long frames(long in) {
        long frames = in;
        for (int i = 0; i < config.pyramid(); i++) frames = Math.ceilDiv(frames, 2L);
        return frames;
    }

    /**
     * What was heard.
     *
     * @param h (B, U, 2 hidden)
     * @param lengths frames of each (B)
     * @param keys of the attention, (B, U, attention)
     */
    public record Heard(Tensor h, Tensor lengths, Tensor keys) {
        /** That of one recording, up to its end. */
        public Heard one(int i) {
            long length = lengths.toLongs()[i];
            return new Heard(h.narrow(0, i, 1).narrow(1, 0, length), lengths.narrow(0, i, 1),
                    keys.narrow(0, i, 1).narrow(1, 0, length));
        }
    }

    /** Where the speller stands: its states (B, width), the attention (B, U), and what it looks at. */
    record Spelling(Tensor h, Tensor c, Tensor attention, Tensor context) {
        /** The same, which outlives a step's scope. */
        Spelling keep(Scope step) {
            return new Spelling(step.keep(h), step.keep(c), step.keep(attention), step.keep(context));
        }
    }

    /** Listens: features (B, F, T), lengths (B). */
    public Heard listen(Tensor x, Tensor lengths) {
        Expect.that(x.rank() == 3 && x.size(1) == config.features(), "ListenAttendSpell", "features (B, "
                + config.features() + ", T)", x.describe());
        Tensor y = x.transpose(1, 2); // (B, T, F)
        Tensor n = lengths;
        for (Lstm layer : listener) {
            if (y.size(1) % 2 == 1) y = y.pad(0, 0, 0, 0, 1);
            y = y.reshape(y.size(0), y.size(1) / 2, 2 * y.size(2)); // two frames side by side
            n = Shrinking.lengths(n, 2);
            y = layer.forward(dropout.forward(y), null, null, n).y();
        }
        return new Heard(y, n, attention.keys(y));
    }

    /** Scores of each frame's symbols (B, U, classes), for CTC. */
    CtcModel.Output ctc(Heard heard) {
        return new CtcModel.Output(frames.forward(dropout.forward(heard.h())), heard.lengths());
    }

    /**
     * Log-probabilities (frames, classes) of each recording, for the times of words; empty if it was trained without
     * CTC.
     */
    public List<Tensor> frameScores(Heard heard) {
        return config.ctc() == 0 ? List.of() : CtcTask.logProbabilities(ctc(heard));
    }

    Spelling begin(Heard heard) {
        Tensor h = heard.h();
        long batch = h.size(0);
        return new Spelling(h.newZeros(batch, config.width()), h.newZeros(batch, config.width()),
                attention.first(heard), h.newZeros(batch, h.size(2)));
    }

    /** A step: what was written before (B), int64, to the next state; B texts of one recording, or one of each of B. */
    Spelling step(Tensor before, Spelling at, Heard heard) {
        Tensor in = Tensor.cat(List.of(dropout.forward(embedding.forward(before)), at.context()), 1);
        var state = cell.forward(in, at.h(), at.c());
        Tensor weights = attention.forward(state.h(), at.attention(), heard);
        Tensor context = weights.unsqueeze(1).matmul(heard.h()).squeeze(1); // (B, 2 hidden)
        return new Spelling(state.h(), state.c(), weights, context);
    }

    /** Scores of the next symbol (B, classes). */
    Tensor scores(Spelling at) {
        return spell.forward(dropout.forward(Tensor.cat(List.of(at.h(), at.context()), 1)));
    }
}

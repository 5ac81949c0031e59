package dev.merapi.text.model.bert;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;

/**
 * The part of a text that answers a question: transformers' {@code BertForQuestionAnswering} and its relatives. Shapes:
 * B sequences of T tokens to logits (B, T, 2) of the answer's first and last token.
 */
public final class SpanExtractor extends Layer implements Signed {
    private static final String TASK = "ForQuestionAnswering";

    final Bert encoder;
    @Name("qa_outputs") Unary out;

    /** With new weights. */
    public SpanExtractor(BertConfig config) {
        encoder = new Bert(config, false);
        var head = new Linear(config.hiddenSize(), 2);
        Bert.initialise(head, config);
        out = head;
    }

    @Override protected String nameOf(String field) {
        return field.equals("encoder") ? encoder.config().family().prefix : null;
    }

    /**
     * Loads a model folder; names are understood as by {@link Bert#load}.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape; or naming
     *     the architecture in {@code config.json}, if it is another task's
     */
    public static SpanExtractor load(Path folder) {
        var config = BertConfig.read(folder);
        return Pretrained.load(() -> new SpanExtractor(config), config, TASK, folder);
    }

    /** A new head on the encoder of any model of the family; throws as {@link #load}. */
    public static SpanExtractor fineTune(Path folder) {
        var config = BertConfig.read(folder);
        return Pretrained.loadEncoder(() -> new SpanExtractor(config), config, folder);
    }

    /** Saves settings and weights as transformers' {@code BertForQuestionAnswering} or its relative. */
    public void save(Path folder) {
        var config = encoder.config().labels("start", "end"); // transformers makes a logit for each label
        Pretrained.save(this, config, TASK, folder);
    }

    @Override public Signature signature() {
        return Tokens.signature(this, encoder.config(), "logits", this::forward);
    }

    /** The encoder below the head. */
    public Bert encoder() { return encoder; }

    /** Logits (B, T, 2). */
    public Tensor forward(Tokens tokens) {
        double p = encoder.config().family() == Family.DISTILBERT ? encoder.config().hiddenDropoutProb() : 0;
        return out.forward(F.dropout(encoder.forward(tokens), p, isTraining()));
    }

    /**
     * An answer's first and last token, both included.
     *
     * @param score the sum of their logits
     */
    public record Span(int start, int end, double score) {}

    /**
     * The best answer of one sequence.
     *
     * @param logits (T, 2)
     * @param from the first token that may be in an answer: not one of the question's
     * @param to after the last such token
     * @param longest an answer's most tokens
     */
    public static Span best(Tensor logits, int from, int to, int longest) {
        if (logits.rank() != 2 || logits.size(1) != 2 || from < 0 || from >= to || to > logits.size(0) || longest < 1) {
            throw new IllegalArgumentException("SpanExtractor.best: expected logits (T, 2), 0 <= from < to <= T and"
                    + " longest of at least 1. Received " + logits.describe() + ", " + from + ", " + to + ", "
                    + longest);
        }
        float[] values = logits.toFloats();
        Span best = null;
        for (int start = from; start < to; start++) {
            for (int end = start; end < Math.min(to, start + longest); end++) {
                double score = (double) values[2 * start] + values[2 * end + 1];
                if (best == null || score > best.score) best = new Span(start, end, score);
            }
        }
        return best;
    }
}

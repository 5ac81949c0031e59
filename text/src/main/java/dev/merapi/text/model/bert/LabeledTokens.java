package dev.merapi.text.model.bert;

import dev.merapi.data.Collate;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/**
 * A batch to learn from.
 *
 * @param tokens the inputs
 * @param labels int64: (B) or (B, n) for whole sequences, (B, T) for tokens; -100 where there is nothing to learn; null
 *     where nothing is known
 */
public record LabeledTokens(Tokens tokens, Tensor labels) {
    /** The label of what is not learnt from, as in PyTorch. */
    public static final long NONE = -100;

    /**
     * Batches of examples with as many labels as tokens.
     *
     * @param padding the id behind a sequence's end
     */
    public static Collate<Example, LabeledTokens> perToken(long padding) {
        return examples -> {
            examples.forEach(e -> check(e, e.ids().length));
            var tokens = tokens(examples, padding);
            int length = (int) tokens.ids().size(1);
            var labels = Tokens.fill(examples.stream().map(Example::labels).toList(), length, NONE);
            return new LabeledTokens(tokens, Tensor.of(labels, examples.size(), length));
        };
    }

    /** Batches of examples with one label each, or all with n. */
    public static Collate<Example, LabeledTokens> perSequence(long padding) {
        return examples -> {
            int n = examples.getFirst().labels().length;
            examples.forEach(e -> check(e, n));
            var labels = Tensor.of(Tokens.fill(examples.stream().map(Example::labels).toList(), n, NONE),
                    examples.size(), n);
            return new LabeledTokens(tokens(examples, padding), n == 1 ? labels.squeeze(1) : labels);
        };
    }

    private static void check(Example example, int labels) {
        if (example.labels().length == labels) return;
        throw new IllegalArgumentException("LabeledTokens: expected " + labels + " labels. Received "
                + example.labels().length + " for an example of " + example.ids().length + " tokens");
    }

    private static Tokens tokens(List<Example> examples, long padding) {
        var ids = examples.stream().map(Example::ids).toList();
        if (examples.stream().map(Example::typeIds).allMatch(Objects::isNull)) return Tokens.of(ids, padding);
        var types = examples.stream().map(e -> e.typeIds() == null ? new long[e.ids().length] : e.typeIds()).toList();
        return Tokens.of(ids, types, padding);
    }
}

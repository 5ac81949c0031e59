package dev.merapi.text.model.bert;

import dev.merapi.data.Collate;

/**
 * Texts and what belongs to each, in the same order.
 *
 * @param anchors B texts, such as questions
 * @param positives their partners, such as answers
 */
public record TokenPairs(Tokens anchors, Tokens positives) {
    public TokenPairs {
        if (anchors.size() != positives.size()) {
            throw new IllegalArgumentException("TokenPairs: expected a positive for each of " + anchors.size()
                    + " anchors. Received " + positives.size());
        }
    }

    /** A text and its partner, as ids. */
    public record Pair(long[] anchor, long[] positive) {}

    /** @param padding the id behind a sequence's end */
    public static Collate<Pair, TokenPairs> collate(long padding) {
        return pairs -> new TokenPairs(Tokens.of(pairs.stream().map(Pair::anchor).toList(), padding),
                Tokens.of(pairs.stream().map(Pair::positive).toList(), padding));
    }
}

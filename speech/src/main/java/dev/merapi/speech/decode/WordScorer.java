package dev.merapi.speech.decode;

import java.util.List;

/** What the words of a text add to its score, word by word as they are written; {@link DecodeOptions} has the sum. */
public final class WordScorer {
    private static final double LN10 = Math.log(10);

    private final DecodeOptions options;

    /** By these weights. */
    public WordScorer(DecodeOptions options) { this.options = options; }

    /**
     * Behind complete words.
     *
     * @param score of them all
     * @param context the last of them, on which the next depends
     */
    public record State(double score, List<String> context) {}

    /** Before the first word. */
    public State begin() { return new State(0, options.model() == null ? List.of() : options.model().begin()); }

    /** Behind one more; an empty one changes nothing. */
    public State after(State at, String word) {
        if (word.isEmpty()) return at;
        double score = at.score + options.bonus() + (options.isHot(word) ? options.hotBonus() : 0);
        var model = options.model();
        if (model == null) return new State(score, at.context);
        return new State(score + logarithm(at.context, word), model.after(at.context, word));
    }

    /** The score of a whole text that ends here. */
    public double end(State at) {
        return options.model() == null ? at.score : at.score + logarithm(at.context, NGramModel.END);
    }

    private double logarithm(List<String> context, String word) {
        return options.weight() * LN10 * options.model().log10(context, word);
    }
}

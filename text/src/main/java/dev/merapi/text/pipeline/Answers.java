package dev.merapi.text.pipeline;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.merapi.recipe.Ranked;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Answers to a question from a text, the most probable first.
 *
 * @param all the best of each window of the text
 */
public record Answers(@JsonValue List<Answer> all) implements Ranked<Answers> {
    /**
     * A part of the text.
     *
     * @param start where it begins in the text
     * @param end after its last character
     * @param probability that it begins there times that it ends there, in its window
     */
    public record Answer(String text, int start, int end, double probability) {
        /** Such as {@code in Rome 87.0 %}. */
        @Override public String toString() { return "%s %.1f %%".formatted(text, 100 * probability); }
    }

    public Answers {
        all = List.copyOf(all);
    }

    /** The most probable. */
    public Answer best() { return all.getFirst(); }

    @Override public Answers top(int n) { return new Answers(all.stream().limit(n).toList()); }

    /** Such as {@code in Rome 87.0 %, Rome 3.1 %}. */
    @Override public String toString() {
        return all.stream().map(Answer::toString).collect(Collectors.joining(", "));
    }
}

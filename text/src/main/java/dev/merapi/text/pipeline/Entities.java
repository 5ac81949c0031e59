package dev.merapi.text.pipeline;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.stream.Collectors;

/** What is named in a text: persons, places and the like, in the text's order. */
public record Entities(@JsonValue List<Entity> all) {
    /**
     * A part of a text.
     *
     * @param label its class, without {@code B-} and {@code I-}
     * @param start where it begins in the text
     * @param end after its last character
     * @param probability the mean over its words
     */
    public record Entity(String text, String label, int start, int end, double probability) {
        /** Such as {@code Rome: LOC 99.1 %}. */
        @Override public String toString() { return "%s: %s %.1f %%".formatted(text, label, 100 * probability); }
    }

    public Entities {
        all = List.copyOf(all);
    }

    /** Such as {@code Ann: PER 98.0 %, Rome: LOC 99.1 %}; empty where there is none. */
    @Override public String toString() {
        return all.stream().map(Entity::toString).collect(Collectors.joining(", "));
    }
}

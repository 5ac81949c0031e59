package dev.merapi.speech.transcript;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What was said in a sound.
 *
 * @param language its code, such as {@code en}; empty where the model does not say
 * @param segments in their order
 */
public record SpokenText(String language, List<TimedText> segments) {
    public SpokenText {
        segments = List.copyOf(segments);
    }

    /** All words on one line. */
    public String text() {
        return segments.stream().map(TimedText::text).map(String::strip).filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /** The text. */
    @Override public String toString() { return text(); }
}

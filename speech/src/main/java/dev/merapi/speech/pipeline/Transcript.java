package dev.merapi.speech.pipeline;

import dev.merapi.speech.transcript.SpokenText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was said in a recording.
 *
 * @param text all of it
 * @param segments its parts between pauses; their words are empty where a model knows no times
 */
public record Transcript(String text, List<Segment> segments) {
    /** Copies the list. */
    public Transcript { segments = List.copyOf(segments); }

    /**
     * A part without a pause.
     *
     * @param start in seconds
     * @param end in seconds
     * @param text what is said
     * @param words of it
     */
    public record Segment(double start, double end, String text, List<Word> words) {
        /** Copies the list. */
        public Segment { words = List.copyOf(words); }
    }

    /**
     * A word.
     *
     * @param text of it
     * @param start in seconds
     * @param end in seconds
     */
    public record Word(String text, double start, double end) {}

    /** Of segments, in order; those without a text are left out. */
    static Transcript of(List<Segment> segments) {
        var spoken = segments.stream().filter(segment -> !segment.text().isBlank()).toList();
        return new Transcript(spoken.stream().map(Segment::text).collect(Collectors.joining(" ")), spoken);
    }

    /** What another model has written down, whose segments have no words. */
    static Transcript of(SpokenText said) {
        return of(said.segments().stream()
                .map(s -> new Segment(s.from(), s.to(), s.text().strip(), List.of())).toList());
    }

    /** The same so much later. */
    Transcript later(double seconds) {
        var moved = new ArrayList<Segment>();
        for (var s : segments) {
            moved.add(new Segment(s.start() + seconds, s.end() + seconds, s.text(), s.words().stream()
                    .map(w -> new Word(w.text(), w.start() + seconds, w.end() + seconds)).toList()));
        }
        return new Transcript(text, moved);
    }

    /** All of the text. */
    @Override public String toString() { return text; }
}

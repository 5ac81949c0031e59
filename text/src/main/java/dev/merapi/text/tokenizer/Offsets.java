package dev.merapi.text.tokenizer;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.merapi.text.tokenizer.Encoding.Span;
import java.util.List;

/**
 * Turns the library's offsets, in characters of Unicode, into those of Java's strings.
 *
 * @param firsts for the first text, or for each word of it, where the code points begin; see {@link #starts}
 * @param second the same for the second text
 * @param byWord whether offsets are counted in words
 */
record Offsets(List<int[]> firsts, int[] second, boolean byWord) {
    Offsets(List<String> firsts, String second, boolean byWord) {
        this(firsts.stream().map(Offsets::starts).toList(), starts(second), byWord);
    }

    List<Span> spans(CharSpan[] spans, int[] words, int[] sequences) {
        var converted = new Span[spans.length];
        for (int i = 0; i < spans.length; i++) {
            if (spans[i] == null || byWord && words[i] < 0) {
                converted[i] = Span.NONE;
                continue;
            }
            var starts = sequences[i] == 1 ? second : firsts.get(byWord ? words[i] : 0);
            converted[i] = starts == null ? new Span(spans[i].getStart(), spans[i].getEnd())
                    : new Span(at(starts, spans[i].getStart()), at(starts, spans[i].getEnd()));
        }
        return List.of(converted);
    }

    /** The library counts the bytes of a suffix that a model adds to words, which are not in the text. */
    private static int at(int[] starts, int point) { return starts[Math.min(point, starts.length - 1)]; }

    /** Where each code point begins, and the end; null where that is the code point's number. */
    private static int[] starts(String text) {
        int points = text.codePointCount(0, text.length());
        if (points == text.length()) return null;
        var starts = new int[points + 1];
        for (int i = 0; i < points; i++) {
            starts[i + 1] = starts[i] + Character.charCount(text.codePointAt(starts[i]));
        }
        return starts;
    }
}

package dev.merapi.text.generate;

import dev.merapi.text.tokenizer.TextCodec;
import dev.merapi.text.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Turns tokens into text as they come, ends at a stop text, and holds back what may be the beginning of one. */
final class TextOutput {
    /** More than the tokens of one character: what comes before cannot change the text after it. */
    private static final int CONTEXT = 16;

    private final LongFunction<String> decoder;
    private final Supplier<String> rest;
    private final List<String> stops;
    private final Consumer<String> out;
    private final StringBuilder shown = new StringBuilder();
    private final StringBuilder held = new StringBuilder();

    /** @param prompt what the text goes on from: a token may begin with a space only where it follows another */
    TextOutput(TextCodec codec, long[] prompt, List<String> stops, Consumer<String> out) {
        if (codec instanceof Tokenizer tokenizer) {
            var stream = tokenizer.stream();
            decoder = stream::add;
            rest = stream::end;
        } else {
            decoder = new Plain(codec)::add;
            rest = () -> "";
        }
        this.stops = stops;
        this.out = out;
        Arrays.stream(prompt, Math.max(0, prompt.length - CONTEXT), prompt.length).forEach(decoder::apply);
    }

    /** Adds a token; whether the text has come to a stop. */
    boolean add(long id) { return take(decoder.apply(id)); }

    /** Shows what was held back; to be called once, unless the text came to a stop. */
    void end() {
        if (!take(rest.get())) show(held.length());
    }

    String text() { return shown.toString(); }

    private boolean take(String piece) {
        held.append(piece);
        int stop = stops.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
        show(stop >= 0 ? stop : held.length() - beginningOfStop());
        return stop >= 0;
    }

    /** Length of the longest end of the text that a stop text begins with. */
    private int beginningOfStop() {
        int longest = stops.stream().mapToInt(String::length).max().orElse(1) - 1;
        for (int length = Math.min(longest, held.length()); length > 0; length--) {
            var end = held.substring(held.length() - length);
            if (stops.stream().anyMatch(stop -> stop.startsWith(end))) return length;
        }
        return 0;
    }

    private void show(int length) {
        if (length == 0) return;
        var piece = held.substring(0, length);
        held.delete(0, length);
        shown.append(piece);
        out.accept(piece);
    }

    /** For codecs whose text only grows by another token: characters, words. */
    private static final class Plain {
        private final TextCodec codec;
        private long[] ids = {};
        private String text = "";

        Plain(TextCodec codec) { this.codec = codec; }

        String add(long id) {
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = id;
            var before = text;
            text = codec.decode(ids);
            return text.substring(Math.min(before.length(), text.length()));
        }
    }
}

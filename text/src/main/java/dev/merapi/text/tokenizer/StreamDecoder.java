package dev.merapi.text.tokenizer;

import java.util.Arrays;

/**
 * Decodes tokens one after another, as a model writes them. A token may be a part of a character, or begin with a space
 * only where it follows another: text comes out as soon as later tokens cannot change it, and all pieces together are
 * the {@link Tokenizer#decode} of all tokens.
 *
 * <pre>{@code
 * var stream = tokenizer.stream();
 * for (long id : ids) IO.print(stream.add(id));
 * IO.println(stream.end());
 * }</pre>
 */
public final class StreamDecoder {
    private final Tokenizer tokenizer;
    private final boolean skipSpecial;
    private long[] ids = {};   // those of the last text that came out, for what comes before matters, and the newer
    private int given;         // how many of them came out

    StreamDecoder(Tokenizer tokenizer, boolean skipSpecial) {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
    }

    /** The text that is certain now and was not before; often empty. */
    public String add(long id) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        String all = tokenizer.decode(ids, skipSpecial);
        String before = before();
        if (all.endsWith("\uFFFD") || all.length() <= before.length()) return ""; // half a character, or no text
        return take(all, before);
    }

    /** The rest: a character that stayed incomplete comes out as U+FFFD. */
    public String end() { return take(tokenizer.decode(ids, skipSpecial), before()); }

    private String before() { return tokenizer.decode(Arrays.copyOf(ids, given), skipSpecial); }

    private String take(String all, String before) {
        ids = Arrays.copyOfRange(ids, given, ids.length);
        given = ids.length;
        return all.substring(before.length());
    }
}

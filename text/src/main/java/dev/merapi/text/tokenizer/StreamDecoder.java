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
    private static final int LONGEST = 4; // bytes of a character, of which each of its tokens has at least one

    private final Tokenizer tokenizer;
    private final boolean skipSpecial;
    private long[] ids = {};   // those of the last text that came out, for what comes before matters, and the newer
    private int given;         // how many of them came out, save perhaps half a character
    private int out;           // how much of their text came out

    StreamDecoder(Tokenizer tokenizer, boolean skipSpecial) {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
    }

    /** The text that is certain now and was not before; often empty. */
    public String add(long id) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        String all = decode();
        boolean half = all.endsWith("\uFFFD"); // a character, perhaps
        if (half && ids.length - given < LONGEST) return "";
        int certain = all.length() - (half ? 1 : 0);
        if (certain > out) return take(all, certain);
        if (!half && ids.length - given > LONGEST) forget(); // tokens without a text
        return "";
    }

    /** The rest: a character that stayed incomplete comes out as U+FFFD. */
    public String end() {
        String all = decode();
        return all.length() > out ? take(all, all.length()) : "";
    }

    private String decode() { return tokenizer.decode(ids, skipSpecial); }

    private String take(String all, int certain) {
        String piece = all.substring(out, certain);
        ids = Arrays.copyOfRange(ids, given, ids.length);
        given = ids.length;
        out = decode().length() - (all.length() - certain);
        return piece;
    }

    /** The oldest of those that did not come out. */
    private void forget() {
        System.arraycopy(ids, given + 1, ids, given, ids.length - given - 1);
        ids = Arrays.copyOf(ids, ids.length - 1);
    }
}

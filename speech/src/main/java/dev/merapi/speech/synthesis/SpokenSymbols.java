package dev.merapi.speech.synthesis;

import dev.merapi.tensor.Expect;
import java.util.Locale;

/**
 * The letters that a voice can say, each a symbol; lower case and capitals are one.
 *
 * @param letters by number, which is counted from 1; 0 fills texts up
 */
public record SpokenSymbols(String letters) {
    /** English: letters, apostrophe, space and what makes pauses. */
    public static final SpokenSymbols ENGLISH = new SpokenSymbols(" 'abcdefghijklmnopqrstuvwxyz.,?!-:;");

    public SpokenSymbols {
        Expect.that(letters.chars().distinct().count() == letters.length() && !letters.isEmpty(), "SpokenSymbols",
                "letters, all different", letters);
    }

    /** Rows of an embedding: the letters and what fills up. */
    public int size() { return letters.length() + 1; }

    /**
     * The symbols of a text, with a pause at both ends.
     *
     * @throws IllegalArgumentException naming a letter that is not among them, or if there is nothing to say
     */
    public long[] encode(String text) {
        String plain = text.toLowerCase(Locale.ROOT).strip().replaceAll("\\s+", " ");
        Expect.that(!plain.isEmpty(), "SpokenSymbols", "a text", "none");
        for (int i = 0; i < plain.length(); i++) {
            if (letters.indexOf(plain.charAt(i)) >= 0) continue;
            throw Expect.error("SpokenSymbols", "letters of \"" + letters + "\"", "'" + plain.charAt(i) + "' in \""
                    + text + "\"", "write numbers and signs as words");
        }
        return (" " + plain + " ").chars().mapToLong(c -> letters.indexOf(c) + 1).toArray();
    }
}

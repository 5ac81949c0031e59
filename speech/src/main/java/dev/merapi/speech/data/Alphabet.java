package dev.merapi.speech.data;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The symbols that a recogniser writes: characters, numbered from 1. Number 0 is none of them: CTC's blank, and the
 * begin and end of what a decoder writes.
 *
 * <pre>{@code
 * var alphabet = Alphabet.of(Stream.of("hello", "good morning"));
 * IO.println(alphabet.decode(alphabet.encode("go home")));
 * }</pre>
 */
public final class Alphabet {
    private final List<String> symbols;
    private final Map<String, Integer> ids = new LinkedHashMap<>();

    /** @throws IllegalArgumentException if a symbol is no single character, or comes twice */
    public Alphabet(List<String> symbols) {
        this.symbols = List.copyOf(symbols);
        for (String symbol : symbols) {
            Expect.that(symbol.codePointCount(0, symbol.length()) == 1, "Alphabet", "symbols of one character",
                    "\"" + symbol + "\"");
            Integer before = ids.put(symbol, ids.size() + 1);
            Expect.that(before == null, "Alphabet", "each symbol once", "\"" + symbol + "\" twice");
        }
    }

    /** All characters of texts, in order. */
    public static Alphabet of(Stream<String> texts) {
        var all = new TreeSet<String>();
        texts.flatMapToInt(String::codePoints).forEach(c -> all.add(Character.toString(c)));
        return new Alphabet(List.copyOf(all));
    }

    /** The symbols by their number less 1. */
    public List<String> symbols() { return symbols; }

    /** Classes of a model: the symbols and 0. */
    public int classes() { return symbols.size() + 1; }

    /** The number of the space between words, or -1 if it has none. */
    public int space() { return ids.getOrDefault(" ", -1); }

    /**
     * The numbers of a text's characters.
     *
     * @throws IllegalArgumentException naming the characters that are no symbols
     */
    public long[] encode(String text) {
        var unknown = new LinkedHashSet<String>();
        long[] encoded = text.codePoints().mapToLong(c -> {
            Integer id = ids.get(Character.toString(c));
            if (id == null) unknown.add("'" + Character.toString(c) + "'");
            return id == null ? 0 : id;
        }).toArray();
        if (unknown.isEmpty()) return encoded;
        throw Expect.error("Alphabet", "the symbols \"" + String.join("", symbols) + "\"", String.join(", ", unknown)
                + " in \"" + text + "\"", "leave it out, spell it, or train with it");
    }

    /** The text of numbers; 0 is nothing. */
    public String decode(long... encoded) {
        return Arrays.stream(encoded).filter(id -> id != 0).mapToObj(id -> symbols.get((int) id - 1))
                .collect(Collectors.joining());
    }

    /**
     * A text as recognisers usually learn it: lower case, without punctuation (.,;:!?"()[] and dashes), with straight
     * apostrophes and single spaces. Other symbols stay, and are named where they are not in the alphabet.
     */
    public static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace('’', '\'').replace('‘', '\'')
                .replaceAll("[.,;:!?\"“”„«»()\\[\\]…–—-]", " ").strip().replaceAll("\\s+", " ");
    }
}

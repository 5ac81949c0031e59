package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.io.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A list of tokens, whose places are their ids: characters, words, labels.
 *
 * <pre>{@code
 * var words = Vocabulary.count(texts.flatMap(text -> Stream.of(text.split(" "))), 20_000, 2, "", "[UNK]");
 * }</pre>
 */
public final class Vocabulary {
    /** What an unknown token is taken for, if the vocabulary has it. */
    public static final String UNKNOWN = "[UNK]";

    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final String origin; // " in words.json", for messages

    private Vocabulary(List<String> tokens, String origin) {
        this.origin = origin;
        this.tokens = List.copyOf(tokens);
        for (var token : this.tokens) {
            if (ids.put(token, ids.size()) != null) {
                throw new IllegalArgumentException("Vocabulary: expected different tokens. Received \"" + token
                        + "\" twice.");
            }
        }
    }

    /** A vocabulary of these tokens, in this order. */
    public static Vocabulary of(List<String> tokens) { return new Vocabulary(tokens, ""); }

    /**
     * The most frequent tokens after the special ones; equally frequent ones in the order of their characters.
     *
     * @param maxSize tokens in all, the special ones counted
     * @param minFrequency rarer tokens are left out
     * @param special the first ids; usually padding and {@link #UNKNOWN}
     */
    public static Vocabulary count(Stream<String> tokens, int maxSize, long minFrequency, String... special) {
        if (maxSize <= special.length) {
            throw new IllegalArgumentException("Vocabulary.count: expected a maxSize above the " + special.length
                    + " special tokens. Received " + maxSize + ".");
        }
        var counts = new HashMap<String, Long>();
        tokens.forEach(token -> counts.merge(token, 1L, Long::sum));
        counts.keySet().removeAll(List.of(special));
        var all = new ArrayList<>(List.of(special));
        counts.entrySet().stream().filter(e -> e.getValue() >= minFrequency)
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(maxSize - special.length).forEach(e -> all.add(e.getKey()));
        return of(all);
    }

    /** Number of tokens. */
    public int size() { return tokens.size(); }

    /** All tokens; a token's place is its id. */
    public List<String> tokens() { return tokens; }

    /** The id of a token, if it is in the vocabulary. */
    public OptionalInt find(String token) {
        var id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * The id of a token, or that of {@link #UNKNOWN}.
     *
     * @throws IllegalArgumentException if the vocabulary has neither
     */
    public long id(String token) {
        var id = ids.getOrDefault(token, ids.get(UNKNOWN));
        if (id != null) return id;
        throw new IllegalArgumentException("\"" + token + "\" is not in the vocabulary of " + size() + " tokens"
                + origin + ", and neither is " + UNKNOWN + ". Train it on texts that have the token, or with "
                + UNKNOWN + ".");
    }

    /** @throws IllegalArgumentException if there is no such id */
    public String token(long id) {
        if (id >= 0 && id < size()) return tokens.get((int) id);
        throw new IllegalArgumentException("There is no token with the id " + id + ": expected an id from 0 to "
                + (size() - 1) + origin + ".");
    }

    /** Writes the tokens as JSON. */
    public void save(Path file) { write(file, TokenizerFiles.JSON.createObjectNode()); }

    /** @throws IllegalArgumentException if the file is not one that {@link #save} wrote */
    public static Vocabulary load(Path file) { return read(TokenizerFiles.object(file), file); }

    void write(Path file, ObjectNode settings) {
        tokens.forEach(settings.putArray("tokens")::add);
        AtomicFiles.write(file, settings.toPrettyString() + "\n");
    }

    static Vocabulary read(ObjectNode json, Path file) {
        var tokens = new ArrayList<String>();
        try {
            for (var token : json.required("tokens")) {
                if (!token.isTextual()) throw new IllegalArgumentException("Received " + token + ", which is no text.");
                tokens.add(token.asText());
            }
            return new Vocabulary(tokens, " in " + file);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": expected a vocabulary with a list \"tokens\". "
                    + e.getMessage(), e);
        }
    }
}
